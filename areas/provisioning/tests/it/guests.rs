//! Whoever owns a database may write on it, let others in and give rights to any role of the server: nothing of it keeps
//! a database open that is to be shut, gets at another's, or keeps others from being removed.

use crate::story::{Story, gets_in};
use kernel::{Role, TenantId};
use provisioning::{
    commands::{OrderInstance, RepairChoice, SuspendInstance, UpdateConfiguration},
    instance::SuspendedBy,
    server,
    view::Credentials,
};
use serde_json::json;
use sqlx::{AssertSqlSafe, PgConnection};
use std::time::Duration;

async fn runs(session: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(session).await.expect("its owner may");
}

/// With these credentials into the other's database.
fn across(from: &Credentials, to: &Credentials) -> Credentials {
    Credentials { uri: from.uri.replace(&from.database, &to.database), ..from.clone() }
}

async fn goods(credentials: &Credentials) -> i64 {
    let mut inside = gets_in(credentials).await.expect("its customer gets in");
    sqlx::query_scalar("SELECT count(*) FROM goods").fetch_one(&mut inside).await.expect("kept")
}

#[tokio::test]
async fn a_database_is_shut_to_those_that_its_customer_let_in() {
    let story = Story::begin().await;
    let (id, other) = (story.ready("Shop").await, story.ready("Store").await);
    let (host, guest) = (story.reveal(id).await, story.reveal(other).await);
    let over = across(&guest, &host);
    assert!(gets_in(&over).await.is_err());
    let lets_in = format!("GRANT CONNECT ON DATABASE \"{}\" TO \"{}\"", host.database, guest.user);
    let by_customer = SuspendInstance { id, by: SuspendedBy::Customer };

    let mut inside = gets_in(&host).await.expect("works");
    runs(&mut inside, lets_in.clone()).await;
    // On PostgreSQL 15 a login role can make others members of itself.
    let _ = sqlx::raw_sql(AssertSqlSafe(format!("SET ROLE NONE; GRANT \"{}\" TO \"{}\"", host.user, guest.user))).execute(&mut inside).await;
    let mut visitor = gets_in(&over).await.expect("it was let in");
    server::suspend_instance(&story.cx(), by_customer).await.expect("accepted");
    story.works().await;
    assert_eq!(story.instance(id).await.state.code(), "suspended", "{:#?}", story.instance(id).await.operation);
    assert!(sqlx::query("SELECT 1").execute(&mut visitor).await.is_err(), "the visitor stayed");
    assert!(gets_in(&over).await.is_err(), "the visitor came again");
    server::resume_instance(&story.cx(), by_customer).await.expect("accepted");
    story.works().await;
    assert!(gets_in(&over).await.is_err());

    // While it runs, the next look shows it.
    let mut inside = gets_in(&host).await.expect("it is back");
    runs(&mut inside, lets_in).await;
    let mut visitor = gets_in(&over).await.expect("it was let in");
    story.reconciles().await;
    assert_eq!(story.instance(id).await.drift.into_iter().map(|difference| difference.what).collect::<Vec<_>>(), ["database_guests"]);
    story.works().await;
    assert!(sqlx::query("SELECT 1").execute(&mut visitor).await.is_err(), "the visitor stayed");
    assert!(gets_in(&over).await.is_err());
    sqlx::query("SELECT 1").execute(&mut inside).await.expect("who belongs there is not disturbed");
    story.reconciles().await;
    assert_eq!((story.instance(id).await.state.code(), story.instance(id).await.drift), ("running", vec![]));
    gets_in(&guest).await.expect("in its own");
    story.end().await;
}

#[tokio::test]
async fn what_others_gave_its_roles_keeps_no_instance_from_being_removed() {
    let story = Story::begin().await;
    let mallory = Story::new_tenant(&story.hub, "mallory").await;
    let plan = story.plan("managed-postgresql", "dev").await;
    let order = OrderInstance { id: None, plan, name: "Trap".into(), configuration: json!({"database_name": "trap"}) };
    let trap = server::order_instance(&story.hub.cx(mallory, Role::Owner), order).await.expect("taken").instance.id;
    story.works().await;
    let theirs = server::reveal_credentials(&story.hub.cx(mallory, Role::Owner), trap).await.expect("shown");
    let id = story.ready("Shop").await;
    let ours = story.reveal(id).await;
    let (login, owner) = (&ours.user, ours.user.replacen("t_", "o_", 1));
    let own = theirs.user.replacen("t_", "o_", 1);

    let mut outside = gets_in(&theirs).await.expect("works");
    for sql in [
        format!("GRANT CONNECT ON DATABASE \"{}\" TO \"{login}\", \"{owner}\"", theirs.database),
        "CREATE TABLE bait (x int); INSERT INTO bait VALUES (1)".to_owned(),
        format!("GRANT SELECT ON bait TO \"{login}\", \"{owner}\""),
        format!("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO \"{login}\""),
        format!("CREATE POLICY snare ON bait TO \"{login}\" USING (true)"),
        format!("GRANT CREATE ON SCHEMA public TO \"{owner}\""),
        format!("SET ROLE NONE; CREATE TABLE hook (x int); GRANT SELECT ON hook TO \"{login}\"; RESET ROLE"),
    ] {
        runs(&mut outside, sql).await;
    }
    // And what its own customer can do: something of its own in there, and a database that cannot be dropped.
    let mut over = gets_in(&across(&ours, &theirs)).await.expect("it was let in");
    runs(&mut over, "CREATE TABLE public.left_behind (x int)".to_owned()).await;
    drop(over);
    let mut inside = gets_in(&ours).await.expect("works");
    runs(&mut inside, format!("ALTER DATABASE \"{}\" IS_TEMPLATE true", ours.database)).await;
    drop(inside);
    // Not even its own owner gets in any more.
    runs(&mut outside, format!("REVOKE CONNECT ON DATABASE \"{}\" FROM \"{own}\"", theirs.database)).await;
    drop(outside);
    assert!(gets_in(&theirs).await.is_err());

    server::delete_instance(&story.cx(), id, None).await.expect("accepted");
    story.works().await;
    story.hub.clock().set(story.hub.clock().now().plus(server::GRACE).plus(Duration::from_secs(1)));
    assert_eq!(story.purges().await, 1);
    story.works().await;
    let view = story.instance(id).await;
    assert_eq!((view.state.code(), story.on_backend().await), ("deleted", (0, 0)), "{:#?}", view.operation);
    let mut outside = gets_in(&theirs).await.expect("the other's is as good as before");
    let bait: i64 = sqlx::query_scalar("SELECT count(*) FROM bait").fetch_one(&mut outside).await.expect("theirs is theirs");
    let left: Option<String> = sqlx::query_scalar("SELECT to_regclass('public.left_behind')::text").fetch_one(&mut outside).await.expect("readable");
    assert_eq!((bait, left), (1, None));
    drop(outside);
    story.end_of(mallory).await;
    story.end().await;
}

/// The customer owns its database, and so may write on it.
#[tokio::test]
async fn what_a_customer_writes_on_its_database_holds_nothing_up() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    let mut credentials = story.reveal(id).await;
    let someone = TenantId::from_uuid(story.cx().new_uuid());
    let by_customer = SuspendInstance { id, by: SuspendedBy::Customer };
    let comment = |word: &str| format!("COMMENT ON DATABASE \"{}\" IS '{word}'", credentials.database);
    let words = [comment("Service Hub z"), comment(&format!("Service Hub {someone} {id}")), comment(&format!("{}{}", server::postgresql::mark_of(someone), "0".repeat(20)))];
    let mut inside = gets_in(&credentials).await.expect("works");
    runs(&mut inside, words[0].clone()).await;
    drop(inside);
    story.reconciles().await;
    assert_eq!(story.instance(id).await.drift.into_iter().map(|difference| difference.what).collect::<Vec<_>>(), ["database_mark"]);
    story.works().await;
    assert_eq!((story.instance(id).await.state.code(), story.on_backend().await), ("running", (2, 1)), "it is written over");

    for word in words {
        for (verb, state) in [("suspend", "suspended"), ("resume", "running"), ("rotate", "running"), ("delete", "grace"), ("restore", "running")] {
            story.by_hand(&word).await;
            match verb {
                "suspend" => server::suspend_instance(&story.cx(), by_customer).await.map(drop).expect("accepted"),
                "resume" => server::resume_instance(&story.cx(), by_customer).await.map(drop).expect("accepted"),
                "rotate" => server::rotate_credentials(&story.cx(), id).await.map(drop).expect("accepted"),
                "delete" => server::delete_instance(&story.cx(), id, None).await.map(drop).expect("accepted"),
                _ => server::restore_instance(&story.cx(), id).await.map(drop).expect("accepted"),
            }
            story.works().await;
            let view = story.instance(id).await;
            assert_eq!((view.state.code(), story.on_backend().await), (state, (2, 1)), "{verb} after {word}: {:#?}", view.operation);
            if verb == "rotate" {
                credentials = story.reveal(id).await;
            }
            assert_eq!(gets_in(&credentials).await.is_ok(), state == "running", "{verb} after {word}");
        }
    }

    server::delete_instance(&story.cx(), id, None).await.expect("accepted");
    story.works().await;
    story.by_hand(&format!("COMMENT ON DATABASE \"{}\" IS 'Service Hub z'", credentials.database)).await;
    story.hub.clock().set(story.hub.clock().now().plus(server::GRACE).plus(Duration::from_secs(1)));
    assert_eq!(story.purges().await, 1);
    story.works().await;
    assert_eq!((story.instance(id).await.state.code(), story.on_backend().await), ("deleted", (0, 0)));
    story.end().await;
}

#[tokio::test]
async fn a_database_that_another_put_our_mark_on_is_never_given_to_us() {
    let story = Story::begin().await;
    let mallory = Story::new_tenant(&story.hub, "mallory").await;
    let plan = story.plan("managed-postgresql", "dev").await;
    let order = OrderInstance { id: None, plan, name: "Trap".into(), configuration: json!({"database_name": "trap"}) };
    let trap = server::order_instance(&story.hub.cx(mallory, Role::Owner), order).await.expect("taken").instance.id;
    story.works().await;
    let theirs = server::reveal_credentials(&story.hub.cx(mallory, Role::Owner), trap).await.expect("shown");
    let id = story.ready("Shop").await;
    let ours = story.reveal(id).await;
    let mut inside = gets_in(&ours).await.expect("works");
    runs(&mut inside, "CREATE TABLE goods (name text); INSERT INTO goods VALUES ('tea')".to_owned()).await;
    drop(inside);

    // Everybody who has a database there can read the marks.
    let mut outside = gets_in(&theirs).await.expect("works");
    let mark: String = sqlx::query_scalar("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1")
        .bind(&ours.database)
        .fetch_one(&mut outside)
        .await
        .expect("open to all");
    let bait = format!("COMMENT ON DATABASE \"{0}\" IS '{mark}'; GRANT CONNECT ON DATABASE \"{0}\" TO \"{1}\"", theirs.database, theirs.user);
    runs(&mut outside, bait).await;
    drop(outside);

    let configuration = json!({"database_name": "store", "connection_limit": 4});
    server::update_configuration(&story.cx(), UpdateConfiguration { id, name: None, configuration, if_version: None }).await.expect("accepted");
    story.works().await;
    assert_eq!(story.instance(id).await.state.code(), "running", "{:#?}", story.instance(id).await.operation);
    let renamed = ours.database.replacen("shop", "store", 1);
    let ours = Credentials { uri: ours.uri.replace(&ours.database, &renamed), database: renamed, ..ours };
    assert_eq!(goods(&ours).await, 1, "it is our own under its new name");
    gets_in(&theirs).await.expect("the other's is where it was");
    let across = Credentials { uri: theirs.uri.replace(&theirs.database, &ours.database), ..theirs };
    assert!(gets_in(&across).await.is_err());
    story.reconciles().await;
    story.works().await;
    assert_eq!(story.on_backend().await, (2, 1), "what it wrote was written over");
    story.end_of(mallory).await;
    story.end().await;
}

#[tokio::test]
async fn a_database_that_was_given_away_is_known_by_its_name_and_one_that_was_renamed_too_is_for_staff() {
    let story = Story::begin().await;
    let id = story.ready("Shop").await;
    let credentials = story.reveal(id).await;
    let mut inside = gets_in(&credentials).await.expect("works");
    runs(&mut inside, "CREATE TABLE goods (name text); INSERT INTO goods VALUES ('tea')".to_owned()).await;
    drop(inside);
    let (name, away) = (&credentials.database, format!("away_{}", std::process::id()));
    let gives_away = format!("ALTER DATABASE \"{name}\" OWNER TO CURRENT_USER");
    story.by_hand(&gives_away).await;
    story.reconciles().await;
    story.works().await;
    assert_eq!((story.instance(id).await.state.code(), story.on_backend().await, goods(&credentials).await), ("running", (2, 1), 1));

    // Nothing is left to know it by, for our mark may be on anybody's: staff see that it is gone.
    story.by_hand(&gives_away).await;
    story.by_hand(&format!("ALTER DATABASE \"{name}\" RENAME TO {away}")).await;
    story.reconciles().await;
    story.works().await;
    let view = story.instance(id).await;
    assert_eq!((view.state.code(), view.operation.and_then(|repair| repair.error).expect("why").code.as_str()), ("failed", "provisioning.error.data_lost"));
    assert_eq!(story.on_backend().await, (2, 1), "no empty one in its place");
    story.by_hand(&format!("ALTER DATABASE {away} RENAME TO \"{name}\"")).await;
    server::repair_instance(&story.hub.staff(Role::Operator), story.tenant, id, RepairChoice::KeepLoss).await.expect("accepted");
    story.works().await;
    assert_eq!((story.instance(id).await.state.code(), goods(&credentials).await), ("running", 1));
    story.end().await;
}
