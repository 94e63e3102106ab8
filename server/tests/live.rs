//! Live changes as an open page gets them: over a real socket of the real web server, with real sign-outs between.

use futures::{SinkExt, StreamExt};
use identity::view::SignedIn;
use kernel::{
    InstanceId, InvoiceId, Need, Role, TenantId,
    live::{ByeReason, Live, LiveMessage},
};
use platform::testing::Hub;
use serde_json::json;
use std::{net::SocketAddr, time::{Duration, Instant}};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::{HeaderValue, StatusCode}},
};

const PASSWORD: &str = "seven green umbrellas";
/// What is promised of a change, and of a sign-out.
const SECOND: Duration = Duration::from_secs(1);
const FIVE_SECONDS: Duration = Duration::from_secs(5);

/// A web server that listens, and the organisations that use it.
struct House {
    hub: Hub,
    address: SocketAddr,
}

impl House {
    async fn opens() -> Self {
        let hub = Hub::start().await;
        let (live, db) = (hub.platform.live.clone(), hub.platform.db.clone());
        tokio::spawn(async move { live.run(db, |_| {}).await });
        let house = Self::opens_deaf(hub).await;
        // Until it hears, a change is told by the next look only.
        tokio::time::sleep(Duration::from_millis(300)).await;
        house
    }

    /// One that hears no notifications.
    async fn opens_deaf(hub: Hub) -> Self {
        let site = std::env::temp_dir().join(format!("hub-live-{}", std::process::id()));
        std::fs::create_dir_all(site.join("pkg")).expect("the temporary folder can be written");
        let router = server::web::router_with_site(hub.platform.clone(), &site).expect("the routes fit together");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        tokio::spawn(async move { axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await });
        Self { hub, address }
    }

    async fn signs_up(&self, organisation: &str) -> SignedIn {
        let form = identity::SignUp {
            organisation_name: organisation.into(),
            name: "Sari".into(),
            email: "sari@nusantara.test".into(),
            password: identity::Password::new(PASSWORD),
            language: kernel::Language::En,
            time_zone: String::new(),
            currency: String::new(),
            user_agent: String::new(),
        };
        identity::server::sign_up(&self.hub.nobody(), form).await.expect("signs up")
    }

    async fn asks(&self, token: &str) -> platform::Cx {
        identity::server::caller_from_session(self.hub.nobody(), token).await.expect("is signed in").0
    }

    /// Something changes in an organisation.
    async fn changes(&self, tenant: TenantId, state: &str) {
        self.shows(tenant, Live::Instance { id: InstanceId::from_uuid(self.hub.platform.new_uuid()), state: state.into() }).await;
    }

    /// An invoice of an organisation changes.
    async fn invoices(&self, tenant: TenantId, state: &str) {
        self.shows(tenant, Live::Invoice { id: InvoiceId::from_uuid(self.hub.platform.new_uuid()), state: state.into() }).await;
    }

    async fn shows(&self, tenant: TenantId, live: Live) {
        let mut tx = self.hub.cx(tenant, Role::Technical).tenant_tx(Need::SERVICES_READ).await.expect("may");
        tx.show(live);
        tx.commit().await.expect("commits");
    }

    /// Someone joins the organisation of `owner` with this role.
    async fn joins(&self, owner: &SignedIn, email: &str, role: &str) -> SignedIn {
        let invitation = identity::InviteMember { email: email.into(), role: role.into() };
        identity::server::invite_member(&self.asks(&owner.token).await, invitation).await.expect("invites");
        let mails = platform::mail::mailbox(&self.hub.nobody()).await.expect("the mailbox opens");
        let text = mails.into_iter().find(|mail| mail.recipient == email).expect("a mail was sent").text;
        let token = text.lines().find_map(|line| line.split_once("?token=")).expect("the mail has a link").1.to_owned();
        let acceptance = identity::AcceptInvitation { token, name: "Budi".into(), password: identity::Password::new(PASSWORD), user_agent: String::new() };
        identity::server::accept_invitation(&self.hub.nobody(), acceptance).await.expect("joins")
    }

    /// What a page that cannot listen is answered.
    async fn asked(&self, body: &'static str, token: &str) -> reqwest::Response {
        reqwest::Client::new()
            .post(format!("http://{}{}", self.address, path("live_since")))
            .header("origin", format!("http://{}", self.address))
            .header("cookie", format!("hub_session={token}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .body(body)
            .send()
            .await
            .expect("it answers")
    }

    /// Opens the socket as a page of `origin` does with this cookie.
    async fn connects(&self, token: &str, origin: &str) -> Result<Page, StatusCode> {
        let mut request = format!("ws://{}{}", self.address, path("live/live")).into_client_request().expect("an address");
        let headers = request.headers_mut();
        headers.insert("origin", HeaderValue::from_str(origin).expect("an origin"));
        headers.insert("cookie", HeaderValue::from_str(&format!("hub_session={token}")).expect("a cookie"));
        let stream = TcpStream::connect(self.address).await.expect("it listens");
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(Page { socket }),
            Err(Error::Http(answer)) => Err(answer.status()),
            Err(other) => panic!("{other}"),
        }
    }

    async fn page(&self, token: &str) -> Page {
        self.connects(token, &format!("http://{}", self.address)).await.expect("it is our own page")
    }

    /// A page that says where it stands and is greeted.
    async fn page_at(&self, token: &str, seq: Option<i64>) -> Page {
        let mut page = self.page(token).await;
        page.says(seq).await;
        assert!(matches!(page.hears(SECOND).await, Some(LiveMessage::Hello { .. })));
        page
    }
}

/// Where the server function of that name is asked.
fn path(name: &str) -> String {
    let _ = app::prepare;
    leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).find(|path| path.ends_with(name)).expect("it is registered").to_owned()
}

struct Page {
    socket: WebSocketStream<TcpStream>,
}

impl Page {
    /// Server functions put a zero before what is no error.
    async fn says(&mut self, seq: Option<i64>) {
        let text = json!({ "seq": seq, "age_ms": 0 }).to_string();
        let bytes = [&[0], text.as_bytes()].concat();
        self.socket.send(Message::Binary(bytes.into())).await.expect("it is open");
    }

    /// The next message within that time; none when nothing came or the connection has ended.
    async fn hears(&mut self, within: Duration) -> Option<LiveMessage> {
        loop {
            match tokio::time::timeout(within, self.socket.next()).await.ok()?? {
                Ok(Message::Binary(bytes)) => {
                    let (tag, text) = bytes.split_first().expect("a tag and a text");
                    assert_eq!(*tag, 0, "{}", String::from_utf8_lossy(text));
                    return Some(serde_json::from_slice(text).expect("a message"));
                }
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The state that the next change tells of, with its number.
    async fn sees(&mut self, within: Duration) -> Option<(i64, String)> {
        match self.hears(within).await? {
            LiveMessage::Change(change) => match change.what {
                Some(Live::Instance { state, .. } | Live::Invoice { state, .. }) => Some((change.seq, state)),
                None => Some((change.seq, "withheld".into())),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }

    async fn is_told(&mut self, reason: ByeReason) {
        let begun = Instant::now();
        assert_eq!(self.hears(FIVE_SECONDS).await, Some(LiveMessage::Bye { reason }));
        assert!(begun.elapsed() < FIVE_SECONDS);
        assert_eq!(self.hears(SECOND).await, None, "nothing follows");
    }
}

#[tokio::test]
async fn changes_arrive_within_a_second_by_number_and_nobody_elses_do() {
    let house = House::opens().await;
    let sari = house.signs_up("Nusantara").await;
    let (ours, theirs) = (sari.tenant.expect("has one"), house.hub.tenant());
    house.changes(ours, "before").await;
    let mut page = house.page_at(&sari.token, Some(1)).await;
    house.changes(theirs, "not for us").await;
    house.changes(ours, "first").await;
    assert_eq!(page.sees(SECOND).await, Some((2, "first".into())));
    drop(page);

    // Away for a while: what was missed comes in order, once, and then what is new.
    house.changes(ours, "second").await;
    house.changes(theirs, "not for us either").await;
    house.changes(ours, "third").await;
    let mut page = house.page_at(&sari.token, Some(2)).await;
    assert_eq!(page.sees(SECOND).await, Some((3, "second".into())));
    assert_eq!(page.sees(SECOND).await, Some((4, "third".into())));
    house.changes(ours, "fourth").await;
    assert_eq!(page.sees(SECOND).await, Some((5, "fourth".into())));
    assert_eq!(page.hears(SECOND).await, None, "nothing is repeated");
}

#[tokio::test]
async fn a_fresh_page_hears_of_what_changed_while_it_was_made() {
    let house = House::opens().await;
    let sari = house.signs_up("Nusantara").await;
    let tenant = sari.tenant.expect("has one");
    house.changes(tenant, "long ago").await;
    house.hub.at("2026-01-15T09:01:00Z");
    house.changes(tenant, "between making and connecting").await;
    let mut page = house.page_at(&sari.token, None).await;
    assert_eq!(page.sees(SECOND).await, Some((2, "between making and connecting".into())));
}

#[tokio::test]
async fn a_page_with_another_installations_number_begins_anew() {
    let house = House::opens().await;
    let sari = house.signs_up("Nusantara").await;
    let mut page = house.page_at(&sari.token, Some(99)).await;
    assert_eq!(page.hears(SECOND).await, Some(LiveMessage::Reset { seq: 0 }));
}

#[tokio::test]
async fn signing_out_ends_every_socket_of_that_session_and_of_no_other() {
    let house = House::opens().await;
    let sari = house.signs_up("Nusantara").await;
    let phone = identity::server::sign_in(
        &house.hub.nobody(),
        identity::SignIn { realm: identity::Realm::Tenant, email: "sari@nusantara.test".into(), password: identity::Password::new(PASSWORD), user_agent: String::new() },
    )
    .await
    .expect("signs in");
    let (mut one, mut two, mut other) = (house.page_at(&sari.token, None).await, house.page_at(&sari.token, None).await, house.page_at(&phone.token, None).await);
    identity::server::sign_out(&house.asks(&sari.token).await).await.expect("signs out");
    one.is_told(ByeReason::SignedOut).await;
    two.is_told(ByeReason::SignedOut).await;
    house.changes(sari.tenant.expect("has one"), "still seen there").await;
    assert_eq!(other.sees(SECOND).await, Some((1, "still seen there".into())));
    identity::server::end_other_sessions(&house.asks(&phone.token).await).await.expect("there are none");
    let renewed = identity::server::switch_organisation(&house.asks(&phone.token).await, sari.tenant.expect("has one")).await.expect("stays");
    identity::server::sign_out(&house.asks(&renewed.token).await).await.expect("signs out");
    other.is_told(ByeReason::SignedOut).await;
}

#[tokio::test]
async fn a_session_that_ends_unheard_or_by_the_clock_ends_its_sockets_within_five_seconds() {
    let house = House::opens_deaf(Hub::start().await).await;
    let sari = house.signs_up("Nusantara").await;
    let mut page = house.page_at(&sari.token, None).await;
    house.changes(sari.tenant.expect("has one"), "seen at the next look").await;
    assert_eq!(page.sees(FIVE_SECONDS).await, Some((1, "seen at the next look".into())));
    identity::server::sign_out(&house.asks(&sari.token).await).await.expect("signs out");
    page.is_told(ByeReason::SignedOut).await;

    let again = house.signs_up("Nusantara").await;
    let mut page = house.page_at(&again.token, None).await;
    house.hub.clock().set(again.expires_at);
    page.is_told(ByeReason::SignedOut).await;
}

#[tokio::test]
async fn a_page_of_an_organisation_that_was_left_is_sent_on() {
    let house = House::opens().await;
    let first = house.signs_up("Nusantara").await;
    let second = house.signs_up("Nusantara Timur").await;
    let mut page = house.page_at(&second.token, None).await;
    identity::server::switch_organisation(&house.asks(&second.token).await, first.tenant.expect("has one")).await.expect("switches");
    page.is_told(ByeReason::Moved).await;
}

#[tokio::test]
async fn a_lost_listening_connection_is_made_anew_and_nothing_is_lost() {
    let house = House::opens().await;
    let sari = house.signs_up("Nusantara").await;
    let tenant = sari.tenant.expect("has one");
    let mut page = house.page_at(&sari.token, None).await;
    let ended: i64 = sqlx::query_scalar(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'",
    )
    .fetch_one(&mut house.hub.raw_login().await)
    .await
    .expect("one's own connections may be ended");
    assert_eq!(ended, 1);
    house.changes(tenant, "while nobody listened").await;
    assert_eq!(page.sees(Duration::from_secs(4)).await, Some((1, "while nobody listened".into())));
    tokio::time::sleep(Duration::from_millis(1500)).await;
    house.changes(tenant, "and afterwards").await;
    assert_eq!(page.sees(SECOND).await, Some((2, "and afterwards".into())));
}

#[tokio::test]
async fn no_foreign_page_and_nobody_listens() {
    let house = House::opens().await;
    let sari = house.signs_up("Nusantara").await;
    assert_eq!(house.connects(&sari.token, "https://evil.example").await.err(), Some(StatusCode::FORBIDDEN));
    // The protocol refuses over the socket; what matters is that nothing follows.
    if let Ok(mut page) = house.connects("nonsense", &format!("http://{}", house.address)).await {
        house.changes(sari.tenant.expect("has one"), "secret").await;
        let heard = tokio::time::timeout(SECOND * 4, page.socket.next()).await;
        assert!(!format!("{heard:?}").contains("secret") && !format!("{heard:?}").contains("hello"), "{heard:?}");
    }
}

#[tokio::test]
async fn where_sockets_fail_a_page_asks() {
    let house = House::opens().await;
    let sari = house.signs_up("Nusantara").await;
    let tenant = sari.tenant.expect("has one");
    house.changes(tenant, "first").await;
    let asks = async |body: &'static str, token: &str| house.asked(body, token).await;
    let caught: serde_json::Value = asks("seq=0&age_ms=0", &sari.token).await.json().await.expect("changes");
    assert_eq!((&caught["seq"], &caught["reset"], &caught["changes"][0]["what"]["instance"]["state"]), (&json!(1), &json!(false), &json!("first")));
    assert_eq!(caught["tenant"], json!(tenant));
    let nothing: serde_json::Value = asks("seq=1&age_ms=0", &sari.token).await.json().await.expect("changes");
    assert_eq!(nothing["changes"], json!([]));
    identity::server::sign_out(&house.asks(&sari.token).await).await.expect("signs out");
    assert_eq!(asks("seq=1&age_ms=0", &sari.token).await.status(), 401);
}

#[tokio::test]
async fn who_may_not_see_billing_is_told_the_number_of_an_invoices_change_and_nothing_of_it() {
    let house = House::opens().await;
    let sari = house.signs_up("Nusantara").await;
    let tenant = sari.tenant.expect("has one");
    let budi = house.joins(&sari, "budi@nusantara.test", "member").await;
    let tri = house.joins(&sari, "tri@nusantara.test", "billing").await;
    let (mut owner, mut member, mut accountant) = (house.page_at(&sari.token, Some(0)).await, house.page_at(&budi.token, Some(0)).await, house.page_at(&tri.token, Some(0)).await);
    house.changes(tenant, "running").await;
    house.invoices(tenant, "open").await;
    house.changes(tenant, "suspended").await;
    for (page, second) in [(&mut owner, "open"), (&mut accountant, "open"), (&mut member, "withheld")] {
        for expected in [(1, "running"), (2, second), (3, "suspended")] {
            assert_eq!(page.sees(SECOND).await, Some((expected.0, expected.1.to_owned())));
        }
    }

    let told = async |token: &str| house.asked("seq=0&age_ms=0", token).await.json::<serde_json::Value>().await.expect("changes");
    let (all, some) = (told(&tri.token).await, told(&budi.token).await);
    assert_eq!((all["changes"][1]["what"]["invoice"].is_object(), &all["seq"]), (true, &json!(3)));
    assert_eq!((&some["changes"][1]["what"], &some["changes"][1]["seq"], &some["seq"]), (&json!(null), &json!(2), &json!(3)));
    assert!(!some.to_string().contains("invoice"), "{some}");
    assert_eq!(some["changes"][2]["what"]["instance"]["state"], json!("suspended"));
}

#[tokio::test]
async fn a_page_whose_viewer_gets_another_role_is_sent_on_with_it() {
    let house = House::opens().await;
    let sari = house.signs_up("Nusantara").await;
    let tri = house.joins(&sari, "tri@nusantara.test", "billing").await;
    let mut page = house.page_at(&tri.token, Some(0)).await;
    identity::server::change_role(&house.asks(&sari.token).await, tri.person, "member").await.expect("changes");
    page.is_told(ByeReason::Moved).await;
    let mut page = house.page_at(&tri.token, Some(0)).await;
    house.invoices(sari.tenant.expect("has one"), "open").await;
    assert_eq!(page.sees(SECOND).await, Some((1, "withheld".into())));
}
