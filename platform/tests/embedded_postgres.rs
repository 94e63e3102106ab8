//! The embedded database on a real PostgreSQL: made, started again, killed in every way, kept apart from its tenants.

use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hmac::{Hmac, Mac};
use platform::migrate::{self, MigrateError};
use platform::embedded_postgres::{Connections, EmbeddedError, EmbeddedPostgres};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};

/// A data folder below the system's temporary one, removed with what lies in it.
struct DataFolder(PathBuf);

impl DataFolder {
    fn new(name: &str) -> Self {
        let parent = std::env::temp_dir().join(format!("hub-embedded-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&parent).expect("the temporary folder can be written");
        Self(parent.join("data"))
    }

    /// Where the database keeps its files.
    fn home(&self) -> PathBuf {
        let record: toml::Table =
            std::fs::read_to_string(self.0.join("postgres.toml")).expect("a record").parse().expect("TOML");
        record["home"].as_str().expect("a path").into()
    }

    fn postmaster(&self) -> u32 {
        let file = std::fs::read_to_string(self.home().join("cluster/postmaster.pid")).expect("a running database");
        file.lines().next().expect("a line").trim().parse().expect("a process id")
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        if self.0.join("postgres.toml").exists() {
            let _ = std::fs::remove_dir_all(self.home());
        }
        let _ = std::fs::remove_dir_all(self.0.parent().expect("made below a folder"));
    }
}

async fn run(url: &str, sql: &str) -> Result<(), sqlx::Error> {
    let mut session = PgConnection::connect(url).await?;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut session).await?;
    session.close().await
}

async fn number(url: &str, sql: &str) -> i64 {
    let mut session = PgConnection::connect(url).await.expect("the database answers");
    let number = sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut session).await;
    session.close().await.expect("a session ends");
    number.expect("the query runs")
}

/// The code of PostgreSQL's refusal.
async fn refusal(url: &str, sql: &str) -> String {
    match run(url, sql).await {
        Err(sqlx::Error::Database(error)) => error.code().unwrap_or_default().into_owned(),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting).await.unwrap_or_else(|_| panic!("{what} within 30 s"));
}

fn signal(process: u32, signal: &str) {
    let sent = Command::new("/bin/sh").args(["-c", &format!("kill -s {signal} {process}")]).status();
    assert!(sent.expect("a shell").success());
}

fn is_running(process: u32) -> bool {
    // A zombie has no arguments any more.
    std::fs::read(format!("/proc/{process}/cmdline")).is_ok_and(|arguments| !arguments.is_empty())
}

const INSUFFICIENT_PRIVILEGE: &str = "42501";
const REJECTED: &str = "28000";

#[tokio::test]
async fn an_empty_folder_gets_a_database_that_keeps_its_data_port_and_passwords() {
    let data = DataFolder::new("restart");
    assert!(EmbeddedPostgres::attach(&data.0).await.expect("nothing is wrong").is_none());

    let database = EmbeddedPostgres::start(&data.0).await.expect("the first start");
    let first = database.connections().clone();
    run(&first.owner_url, "CREATE TABLE kept (n bigint); INSERT INTO kept VALUES (41), (1)")
        .await
        .expect("the owner makes tables");
    let attached = EmbeddedPostgres::attach(&data.0).await.expect("nothing is wrong").expect("it runs");
    assert_eq!(attached.owner_url, first.owner_url);
    database.stop().await;
    assert!(EmbeddedPostgres::attach(&data.0).await.expect("nothing is wrong").is_none());

    let database = EmbeddedPostgres::start(&data.0).await.expect("the second start");
    let second = database.connections();
    assert_eq!((&second.owner_url, &second.login_url, second.port), (&first.owner_url, &first.login_url, first.port));
    assert_eq!(number(&second.owner_url, "SELECT sum(n)::bigint FROM kept").await, 42);
    database.stop().await;
}

#[tokio::test]
async fn files_belong_to_their_user_alone() {
    let data = DataFolder::new("modes");
    let database = EmbeddedPostgres::start(&data.0).await.expect("it starts");
    for name in ["postgres.toml", "postgres.log", "postgres.lock"] {
        assert_eq!(std::fs::metadata(data.0.join(name)).expect("a file").mode() & 0o777, 0o600, "{name}");
    }
    for name in ["", "cluster", "socket"] {
        assert_eq!(std::fs::metadata(data.home().join(name)).expect("a folder").mode() & 0o777, 0o700, "{name}");
    }
    assert!(!format!("{database:?}").contains(&password(&database.connections().owner_url)));
    database.stop().await;
}

fn password(url: &str) -> String {
    url.split([':', '@']).nth(2).expect("an URL with a password").to_owned()
}

#[tokio::test]
async fn a_killed_database_comes_back_by_itself_with_what_was_committed() {
    let data = DataFolder::new("killed");
    let database = EmbeddedPostgres::start(&data.0).await.expect("it starts");
    let owner = &database.connections().owner_url;
    run(owner, "CREATE TABLE kept (n bigint); INSERT INTO kept VALUES (1)").await.expect("a committed row");
    // A backend at work does not notice that its postmaster is gone, and keeps the memory that the next one needs.
    let at_work = "SELECT count(*) FROM generate_series(1, 100000) AS one, generate_series(1, 1000000) AS other";
    let url = owner.clone();
    let at_work = tokio::spawn(async move { run(&url, at_work).await });
    let busy = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT count(*) FROM generate_series%' AND state = 'active'";
    eventually("the backend is at work", async || number(owner, busy).await == 1).await;
    let killed = data.postmaster();
    signal(killed, "KILL");
    eventually("the database is back", async || run(owner, "INSERT INTO kept VALUES (2)").await.is_ok()).await;
    assert_ne!(data.postmaster(), killed);
    assert!(at_work.await.expect("no panic").is_err(), "a statement that was cut off does not succeed");
    assert_eq!(number(owner, "SELECT sum(n)::bigint FROM kept").await, 3);
    database.stop().await;
}

#[tokio::test]
async fn a_second_server_on_the_folder_is_refused_in_words() {
    let data = DataFolder::new("twice");
    let database = EmbeddedPostgres::start(&data.0).await.expect("it starts");
    let refused = EmbeddedPostgres::start(&data.0).await.expect_err("the folder is taken");
    assert!(matches!(refused, EmbeddedError::AlreadyRunning { .. }), "{refused:?}");
    assert!(refused.to_string().contains(&format!("(process {})", std::process::id())), "{refused}");
    assert_eq!(number(&database.connections().owner_url, "SELECT 1::bigint").await, 1);
    database.stop().await;
}

/// Not a test: the server that others start and kill. Prints nothing; it runs until it is killed.
#[tokio::test]
#[ignore = "started by other tests"]
async fn a_server_to_kill() {
    let Some(folder) = std::env::var_os("A_SERVER_TO_KILL") else { return };
    let _database = EmbeddedPostgres::start(Path::new(&folder)).await.expect("it starts");
    std::future::pending::<()>().await;
}

async fn server_to_kill(data: &DataFolder) -> (Child, Connections) {
    let mut program = Command::new(std::env::current_exe().expect("this program"));
    program.args(["--exact", "a_server_to_kill", "--ignored"]).env("A_SERVER_TO_KILL", &data.0);
    let server = program.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("this program runs");
    eventually("the server's database runs", async || matches!(EmbeddedPostgres::attach(&data.0).await, Ok(Some(_)))).await;
    let connections = EmbeddedPostgres::attach(&data.0).await.expect("nothing is wrong").expect("it runs");
    (server, connections)
}

#[tokio::test]
async fn the_database_of_a_killed_server_is_ended_and_nothing_committed_is_lost() {
    let data = DataFolder::new("orphan");
    let (mut server, before) = server_to_kill(&data).await;
    run(&before.owner_url, "CREATE TABLE kept (n bigint); INSERT INTO kept VALUES (7)").await.expect("a committed row");
    server.kill().expect("the server is ours");
    server.wait().expect("the server is ours");
    let orphan = data.postmaster();
    assert!(is_running(orphan), "the database outlives a killed server");

    let database = EmbeddedPostgres::start(&data.0).await.expect("the next server starts");
    assert!(!is_running(orphan), "never two on one folder");
    assert_eq!(database.connections().owner_url, before.owner_url);
    assert_eq!(number(&before.owner_url, "SELECT n FROM kept").await, 7);
    database.stop().await;
}

#[tokio::test]
async fn server_and_database_killed_together_leave_no_obstacle() {
    let data = DataFolder::new("both");
    let (mut server, before) = server_to_kill(&data).await;
    server.kill().expect("the server is ours");
    server.wait().expect("the server is ours");
    signal(data.postmaster(), "KILL");
    // What a reboot does: the number in the file is that of another process of the same user.
    let file = data.home().join("cluster/postmaster.pid");
    let text = std::fs::read_to_string(&file).expect("the file of a killed database");
    let (_, rest) = text.split_once('\n').expect("several lines");
    let mut stranger = Command::new("sleep").arg("60").spawn().expect("sleep runs");
    std::fs::write(&file, format!("{}\n{rest}", stranger.id())).expect("the file can be written");

    let database = EmbeddedPostgres::start(&data.0).await.expect("the next server starts");
    assert!(stranger.try_wait().expect("ours").is_none(), "a stranger is left alone");
    assert_eq!(number(&before.owner_url, "SELECT 1::bigint").await, 1);
    database.stop().await;
    stranger.kill().expect("ours");
    stranger.wait().expect("ours");
}

#[tokio::test]
async fn dropped_without_a_stop_the_database_ends_too() {
    let data = DataFolder::new("dropped");
    let database = EmbeddedPostgres::start(&data.0).await.expect("it starts");
    let postmaster = data.postmaster();
    drop(database);
    eventually("the database ends", async || !is_running(postmaster)).await;
}

#[tokio::test]
async fn a_taken_port_is_left_to_its_taker() {
    let data = DataFolder::new("port");
    let database = EmbeddedPostgres::start(&data.0).await.expect("it starts");
    let port = database.connections().port;
    database.stop().await;
    let _taker = std::net::TcpListener::bind(("127.0.0.1", port)).expect("the port is free again");
    let database = EmbeddedPostgres::start(&data.0).await.expect("it starts on another");
    assert_ne!(database.connections().port, port);
    assert_eq!(number(&database.connections().login_url, "SELECT 1::bigint").await, 1);
    database.stop().await;
}

#[tokio::test]
async fn a_lost_record_costs_the_passwords_and_no_data() {
    let data = DataFolder::new("record");
    let database = EmbeddedPostgres::start(&data.0).await.expect("it starts");
    let before = database.connections().clone();
    run(&before.owner_url, "CREATE TABLE kept AS SELECT 5::bigint AS n").await.expect("a committed row");
    database.stop().await;
    if data.home().starts_with(&data.0) {
        std::fs::remove_file(data.0.join("postgres.toml")).expect("a record");
        let database = EmbeddedPostgres::start(&data.0).await.expect("it starts without");
        let after = &database.connections().owner_url;
        assert_ne!(password(after), password(&before.owner_url));
        assert_eq!(number(after, "SELECT n FROM kept").await, 5);
        database.stop().await;
    }
}

#[tokio::test]
async fn a_cluster_of_another_major_is_refused_in_words() {
    let data = DataFolder::new("major");
    EmbeddedPostgres::start(&data.0).await.expect("it starts").stop().await;
    std::fs::write(data.home().join("cluster/PG_VERSION"), "99\n").expect("the file can be written");
    let refused = EmbeddedPostgres::start(&data.0).await.expect_err("nobody has PostgreSQL 99");
    assert!(refused.to_string().contains("was made by PostgreSQL 99 and only"), "{refused}");
}

#[tokio::test]
async fn a_long_path_and_a_closed_parent_are_no_obstacle() {
    let mut data = DataFolder::new("closed");
    let closed = data.0.join("it's a \"closed\" folder, \\of 0700");
    std::fs::create_dir_all(&data.0).expect("a folder");
    std::fs::DirBuilder::new().mode(0o700).create(&closed).expect("a folder");
    let parent = data.0.parent().expect("made below a folder").to_owned();
    data.0 = closed.join("long".repeat(30));
    let database = EmbeddedPostgres::start(&data.0).await.expect("it starts");
    let socket = database.connections().socket_dir.clone();
    run(&database.connections().owner_url, "CREATE TABLE kept AS SELECT 5::bigint AS n").await.expect("a committed row");
    database.stop().await;
    let database = EmbeddedPostgres::start(&data.0).await.expect("it starts again");
    assert_eq!(database.connections().socket_dir, socket);
    assert_eq!(number(&database.connections().owner_url, "SELECT n FROM kept").await, 5);
    database.stop().await;
    std::fs::remove_dir_all(data.home()).expect("it may lie elsewhere");
    let refused = EmbeddedPostgres::start(&data.0).await.expect_err("the database is gone");
    assert!(matches!(refused, EmbeddedError::ClusterMissing { .. }), "{refused:?}");
    let _ = std::fs::remove_dir_all(&socket);
    let _ = std::fs::remove_dir_all(parent);
}

/// As with a password file: known to the connection, and no part of the address that the password could follow from.
fn with_password_apart(url: &str) -> url::Url {
    let mut apart: url::Url = url.parse().expect("an address");
    let password = apart.password().expect("has one").to_owned();
    apart.set_password(None).expect("has a host");
    apart.query_pairs_mut().append_pair("password", &password);
    apart
}

#[tokio::test]
async fn the_login_roles_password_is_a_secret_of_the_owners() {
    let data = DataFolder::new("login");
    let database = EmbeddedPostgres::start(&data.0).await.expect("it starts");
    let Connections { owner_url, provisioner_url, .. } = database.connections();
    let owner = with_password_apart(owner_url);
    let starts = (0..4).map(|_| migrate::ensure_login_role(owner.as_str()));
    let logins = futures::future::join_all(starts).await.into_iter().collect::<Result<Vec<_>, _>>().expect("copies may start at once");
    assert!(logins.iter().all(|login| *login == logins[0]), "{logins:?}");
    assert_eq!(migrate::ensure_login_role(owner.as_str()).await.expect("and later"), logins[0]);

    let mut login: url::Url = logins[0].parse().expect("an address");
    assert_eq!(login.username(), "hub_login");
    login.set_query(Some("sslmode=disable"));
    run(login.as_str(), "SELECT 1").await.expect("it may come in");
    // What everybody on the cluster can read leads to no password.
    let shown = number(provisioner_url, "SELECT system_identifier FROM pg_control_system()").await.to_string();
    let mut guess = Hmac::<sha2::Sha256>::new_from_slice(shown.as_bytes()).expect("HMAC takes keys of any length");
    guess.update(b"service-hub login role");
    assert_ne!(login.password(), Some(hex::encode(guess.finalize().into_bytes()).as_str()));
    // The secret is the owner's to read, be it that somebody grants by mistake what nobody is granted.
    const SECRET: &str = "SELECT count(*) FROM hub_owner.login_secret";
    assert_eq!(number(owner.as_str(), SECRET).await, 1);
    assert_eq!(refusal(login.as_str(), SECRET).await, INSUFFICIENT_PRIVILEGE);
    run(owner.as_str(), "GRANT USAGE ON SCHEMA hub_owner TO PUBLIC").await.expect("its own schema");
    assert_eq!(refusal(login.as_str(), SECRET).await, INSUFFICIENT_PRIVILEGE);
    run(owner.as_str(), "GRANT SELECT ON hub_owner.login_secret TO PUBLIC").await.expect("its own table");
    assert_eq!(number(login.as_str(), SECRET).await, 0);
    database.stop().await;
}

#[tokio::test]
async fn roles_may_do_what_they_are_for_and_nothing_else() {
    let data = DataFolder::new("roles");
    let database = EmbeddedPostgres::start(&data.0).await.expect("it starts");
    let Connections { owner_url, login_url, provisioner_url, port, .. } = database.connections();

    for sql in ["CREATE TABLE t ()", "CREATE SCHEMA s", "CREATE TEMP TABLE t ()", "CREATE ROLE r", "CREATE DATABASE d"] {
        assert_eq!(refusal(login_url, sql).await, INSUFFICIENT_PRIVILEGE, "{sql}");
    }
    run(owner_url, "CREATE SCHEMA billing; CREATE ROLE hub_tenant NOLOGIN; GRANT hub_tenant TO hub_login")
        .await
        .expect("as migrations do");
    run(login_url, "BEGIN; SET LOCAL ROLE hub_tenant; COMMIT").await.expect("as transactions do");
    assert_eq!(refusal(owner_url, "CREATE ROLE s SUPERUSER").await, INSUFFICIENT_PRIVILEGE);
    let refused = migrate::ensure_login_role(login_url).await.expect_err("it is no owner");
    assert!(matches!(refused, MigrateError::NotAllowed(_)), "{refused}");
    assert!(refused.to_string().contains("ALTER ROLE <owner> CREATEROLE"), "{refused}");

    // As the driver of Managed PostgreSQL does.
    run(provisioner_url, "CREATE ROLE customer LOGIN PASSWORD 'p'; GRANT customer TO CURRENT_USER").await.expect("a role");
    run(provisioner_url, "CREATE DATABASE customer OWNER customer").await.expect("a database");
    run(provisioner_url, "REVOKE CONNECT ON DATABASE customer FROM PUBLIC").await.expect("a closed database");
    assert!(number(provisioner_url, "SELECT pg_database_size('customer')").await > 0);
    let customer = |database: &str| format!("postgres://customer:p@127.0.0.1:{port}/{database}?sslmode=disable");
    run(&customer("customer"), "CREATE TABLE t ()").await.expect("a customer's own database");
    assert_eq!(refusal(&customer("service_hub"), "SELECT 1").await, REJECTED);
    assert_eq!(refusal(&customer("postgres"), "SELECT 1").await, INSUFFICIENT_PRIVILEGE);
    assert_eq!(refusal(&customer("template1"), "SELECT 1").await, INSUFFICIENT_PRIVILEGE);
    assert_eq!(refusal(provisioner_url, "DROP DATABASE service_hub").await, INSUFFICIENT_PRIVILEGE);

    let mut session = PgConnection::connect(&customer("customer")).await.expect("a customer's session");
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'customer'";
    assert_eq!(number(provisioner_url, end).await, 1);
    eventually("the session is ended", async || session.ping().await.is_err()).await;

    let superuser = format!("postgres://postgres:x@127.0.0.1:{port}/postgres?sslmode=disable");
    assert_eq!(refusal(&superuser, "SELECT 1").await, REJECTED);
    database.stop().await;
}
