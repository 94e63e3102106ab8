//! What a probe sees of servers that answer well, badly, slowly or not at all.

use crate::{
    story::Story,
    target::{Answer, Target},
};
use monitoring::{check::Status, server::{Reach, prober::Prober}};
use serde_json::json;
use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

#[tokio::test]
async fn pages_are_judged_by_status_text_redirects_and_time() {
    let story = Story::begin().await;
    let fine = Target::start(Answer::fine()).await;
    let broken = Target::start(Answer::Says(503, String::new(), "busy".into())).await;
    let silent = Target::start(Answer::Silent).await;
    let endless = Target::start(Answer::Endless).await;
    let drips = Target::start(Answer::Drips).await;
    let leads = Target::start(Answer::Says(302, format!("Location: {}\r\n", fine.url()), String::new())).await;
    let circles = Target::start(Answer::fine()).await;
    circles.now_answers(Answer::Says(302, format!("Location: {}\r\n", circles.url()), String::new()));
    let http = |name: &str, target: &Target, more: serde_json::Value| {
        let mut check = json!({"name": name, "kind": "http", "target": target.url(), "interval_seconds": 5});
        check.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        check
    };
    story
        .orders(json!([
            http("fine", &fine, json!({})),
            http("keyword", &fine, json!({"expect_keyword": "is well"})),
            http("no keyword", &fine, json!({"expect_keyword": "is bad"})),
            http("wanted status", &broken, json!({"expect_status": 503})),
            http("broken", &broken, json!({})),
            http("silent", &silent, json!({})),
            http("endless", &endless, json!({"expect_keyword": "never there"})),
            http("drips", &drips, json!({})),
            http("leads", &leads, json!({"expect_keyword": "is well"})),
            http("circles", &circles, json!({})),
            {"name": "closed", "kind": "tcp", "target": "127.0.0.1:1"},
            {"name": "open", "kind": "tcp", "target": fine.address.to_string()},
            {"name": "nowhere", "kind": "http", "target": "http://no-such-host.invalid/"},
        ]))
        .await;
    let begun = Instant::now();
    assert_eq!(story.probes_after(0.0).await, 13);
    assert!(begun.elapsed() < Duration::from_secs(6), "nobody keeps a probe longer than its timeout of four seconds");
    let mut seen: Vec<(String, Status, String)> =
        story.checks().await.into_iter().map(|check| (check.name, check.status, check.problem.unwrap_or_default())).collect();
    seen.sort_by(|one, other| one.0.cmp(&other.0));
    let seen: Vec<(&str, Status, &str)> = seen.iter().map(|(name, status, problem)| (name.as_str(), *status, problem.as_str())).collect();
    assert_eq!(
        seen,
        [
            ("broken", Status::Degraded, "status"),
            ("circles", Status::Degraded, "redirects"),
            ("closed", Status::Degraded, "refused"),
            ("drips", Status::Degraded, "timeout"),
            ("endless", Status::Degraded, "keyword"),
            ("fine", Status::Up, ""),
            ("keyword", Status::Up, ""),
            ("leads", Status::Up, ""),
            ("no keyword", Status::Degraded, "keyword"),
            ("nowhere", Status::Degraded, "unknown_host"),
            ("open", Status::Up, ""),
            ("silent", Status::Degraded, "timeout"),
            ("wanted status", Status::Up, ""),
        ]
    );
    assert_eq!(story.check("broken").await.problem_detail.as_deref(), Some("503"));
}

#[tokio::test]
async fn a_guarded_prober_reaches_no_private_address_by_name_digits_or_redirect() {
    let mut story = Story::begin().await;
    story.prober = Prober::new(Reach::PublicOnly);
    let inside = Target::start(Answer::fine()).await;
    let port = inside.address.port();
    story
        .orders(json!([
            {"name": "digits", "kind": "http", "target": inside.url()},
            {"name": "name", "kind": "http", "target": format!("http://localhost:{port}/")},
            {"name": "mapped", "kind": "http", "target": format!("http://[::ffff:127.0.0.1]:{port}/")},
            {"name": "tcp", "kind": "tcp", "target": inside.address.to_string()},
            {"name": "tls", "kind": "tls", "target": format!("localhost:{port}")},
        ]))
        .await;
    story.probes_after(0.0).await;
    for check in story.checks().await {
        assert_eq!(check.problem.as_deref(), Some("forbidden_address"), "{}", check.name);
    }
    assert_eq!(inside.asked(), 0, "the guarded prober knocked at a private address");
}

/// A server with a self-signed certificate for `localhost`, valid for a hundred years.
async fn self_signed() -> SocketAddr {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let certificate = rustls::pki_types::CertificateDer::from(include_bytes!("self-signed.cert.der").to_vec());
    let key = rustls::pki_types::PrivateKeyDer::try_from(include_bytes!("self-signed.key.der").to_vec()).expect("a key");
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the usual versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("they belong together");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move { acceptor.accept(stream).await.map(drop) });
        }
    });
    address
}

/// A server that says this to whatever comes, or nothing at all, and hangs up.
async fn blurts(words: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut greeting = [0; 4096];
            let _ = stream.read(&mut greeting).await;
            let _ = stream.write_all(words.as_bytes()).await;
        }
    });
    address
}

#[tokio::test]
async fn what_is_wrong_with_encryption_is_told_alike_by_certificate_and_page() {
    let story = Story::begin().await;
    let servers = [("untrusted", self_signed().await), ("plain", blurts("HTTP/1.1 400 Bad Request\r\n\r\n").await), ("hangs up", blurts("").await)];
    let silent = Target::start(Answer::Silent).await;
    let servers = servers.into_iter().chain([("silent", silent.address)]);
    let checks: Vec<_> = servers
        .flat_map(|(name, address)| {
            let host = format!("localhost:{}", address.port());
            [json!({"name": format!("{name}, page"), "kind": "http", "target": format!("https://{host}/"), "interval_seconds": 5}), json!({"name": format!("{name}, certificate"), "kind": "tls", "target": host})]
        })
        .collect();
    story.orders(json!(checks)).await;
    story.probes_after(0.0).await;
    let mut seen: Vec<(String, String, Option<String>)> =
        story.checks().await.into_iter().map(|check| (check.name, check.problem.unwrap_or_default(), check.problem_detail.filter(|detail| !detail.ends_with(" s")))).collect();
    seen.sort();
    let seen: Vec<(&str, &str, Option<&str>)> = seen.iter().map(|(name, problem, detail)| (name.as_str(), problem.as_str(), detail.as_deref())).collect();
    assert_eq!(
        seen,
        [
            ("hangs up, certificate", "handshake_refused", None),
            ("hangs up, page", "handshake_refused", None),
            ("plain, certificate", "not_encrypted", None),
            ("plain, page", "not_encrypted", None),
            ("silent, certificate", "timeout", None),
            ("silent, page", "timeout", None),
            ("untrusted, certificate", "certificate_untrusted", None),
            ("untrusted, page", "certificate_untrusted", None),
        ]
    );
}

#[tokio::test]
async fn a_certificate_is_read_also_where_nobody_trusts_it() {
    let story = Story::begin().await;
    let address = self_signed().await;
    story.orders(json!([{"name": "certificate", "kind": "tls", "target": format!("localhost:{}", address.port()), "warn_days": 30}])).await;
    story.probes_after(0.0).await;
    let check = story.check("certificate").await;
    assert_eq!((check.status, check.problem.as_deref()), (Status::Degraded, Some("certificate_untrusted")), "{check:?}");
    assert!(check.certificate_expires.expect("read").to_string().starts_with("2126-"));
    // A warning is no failure: it never turns down.
    story.probes_after(120.0).await;
    story.probes_after(120.0).await;
    assert_eq!(story.status("certificate").await, Status::Degraded);
    // A hundred years later it has expired.
    story.hub.at("2126-12-31T00:00:00Z");
    story.probes_after(0.0).await;
    assert_eq!(story.check("certificate").await.problem.as_deref(), Some("certificate_expired"));
}
