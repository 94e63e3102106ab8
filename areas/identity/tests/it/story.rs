//! The verbs in which the tests are told.

use identity::{Password, Realm, SignIn, SignUp, server::{self, jobs}, view::{Renewed, SignedIn}};
use kernel::Language;
use platform::{Cx, testing::Hub};
use sqlx::{Connection, PgConnection};

pub const PASSWORD: &str = "seven green umbrellas";
pub const OTHER_PASSWORD: &str = "forty quiet lanterns";

pub fn sign_up_form(organisation: &str, email: &str) -> SignUp {
    SignUp {
        organisation_name: organisation.into(),
        name: "Sari Wulandari".into(),
        email: email.into(),
        password: Password::new(PASSWORD),
        language: Language::Id,
        time_zone: String::new(),
        currency: String::new(),
        user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0".into(),
    }
}

pub async fn signs_up(hub: &Hub, organisation: &str, email: &str) -> SignedIn {
    server::sign_up(&hub.nobody(), sign_up_form(organisation, email)).await.expect("signs up")
}

pub fn sign_in_form(email: &str, password: &str) -> SignIn {
    SignIn { realm: Realm::Tenant, email: email.into(), password: Password::new(password), user_agent: String::new() }
}

/// The request of the browser that has this session.
pub async fn asks(hub: &Hub, session: &SignedIn) -> Cx {
    server::caller_from_session(hub.nobody(), &session.token).await.expect("is signed in").0
}

pub async fn is_signed_in(hub: &Hub, session: &SignedIn) -> bool {
    server::caller_from_session(hub.nobody(), &session.token).await.is_ok()
}

/// The same browser with the cookie that it was given since.
pub async fn asks_anew(hub: &Hub, renewed: &Renewed) -> Cx {
    server::caller_from_session(hub.nobody(), &renewed.token).await.expect("is signed in").0
}

/// Asks for a link at the door, and lets the worker do what came of it.
pub async fn asks_for_reset(hub: &Hub, from: &Cx, email: &str) {
    server::request_password_reset(from, email).await.expect("answers the same to everybody");
    works(hub).await;
}

/// Until so many sessions of this hub wait for what another one holds.
pub async fn waiting(hub: &Hub, sessions: i64) {
    let sql = "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE datname = current_database() AND NOT granted";
    let mut owner = PgConnection::connect(&hub.owner_url).await.expect("answers");
    let looks = async {
        while sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut owner).await.expect("it is open to all") < sessions {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), looks).await.expect("they come to wait");
}

/// The worker does what the door queued; answers how much that was.
pub async fn works(hub: &Hub) -> usize {
    let system = hub.system(None);
    let (links, refusals) = (hub.jobs("mail_reset_link").await, hub.jobs("note_refused_sign_in").await);
    let count = links.len() + refusals.len();
    for job in links {
        jobs::handle_mail_reset_link(&system, serde_json::from_value(job).expect("a job")).await.expect("it runs");
    }
    for job in refusals {
        jobs::handle_note_refused_sign_in(&system, serde_json::from_value(job).expect("a job")).await.expect("it runs");
    }
    count
}

/// From the same room as nobody else.
pub fn nobody_at(hub: &Hub, address: &str) -> Cx {
    Cx::nobody(hub.platform.clone(), Language::En, "test", address)
}

/// Texts of the mails to an address, newest first.
pub async fn mails_to(hub: &Hub, email: &str) -> Vec<String> {
    let mails = platform::mail::mailbox(&hub.nobody()).await.expect("the mailbox opens");
    mails.into_iter().filter(|mail| mail.recipient == email).map(|mail| format!("{}\n{}", mail.subject, mail.text)).collect()
}

/// The token of the link in the newest mail to an address.
pub async fn link_to(hub: &Hub, email: &str) -> String {
    let mail = mails_to(hub, email).await.into_iter().next().expect("a mail was sent");
    let (_, token) = mail.lines().find_map(|line| line.split_once("?token=")).expect("the mail has a link");
    token.to_owned()
}

/// Actions in an organisation's audit trail, oldest first; refused ones with a mark.
pub async fn trail(cx: &Cx) -> Vec<String> {
    let mut tx = cx.tenant_tx(kernel::Need::MEMBER).await.expect("opens");
    let rows: Vec<(String, bool)> = sqlx::query_as("SELECT action, refused FROM hub.audit_entries ORDER BY seq LIMIT 100").fetch_all(&mut *tx).await.expect("reads");
    rows.into_iter().map(|(action, refused)| if refused { format!("refused {action}") } else { action }).collect()
}

/// Reads as a superuser would, for what no role may see: force on row protection holds the owner too, so only tables
/// without it.
pub async fn owner(hub: &Hub) -> PgConnection {
    PgConnection::connect(&hub.owner_url).await.expect("the test's database answers")
}
