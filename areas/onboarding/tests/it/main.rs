//! Database tests of the onboarding area.
#![cfg(feature = "server")]

use identity::{InviteMember, Password, ProfileForm, SignUp, Tier, organisation::Interval};
use kernel::{Language, Need, Role};
use onboarding::{State, Step, server::{self, JourneyError}};
use platform::{Cx, testing::Hub};

async fn owner(hub: &Hub, name: &str) -> Cx {
    let form = SignUp {
        organisation_name: name.into(),
        name: "Sari".into(),
        email: format!("sari@{}.test", name.to_lowercase()),
        password: Password::new("seven green umbrellas"),
        language: Language::En,
        time_zone: String::new(),
        currency: String::new(),
        user_agent: String::new(),
    };
    let session = identity::server::sign_up(&hub.nobody(), form).await.expect("signs up");
    identity::server::caller_from_session(hub.nobody(), &session.token).await.expect("is signed in").0
}

#[tokio::test]
async fn steps_are_done_by_facts_and_by_nothing_else() {
    let hub = Hub::start().await;
    let cx = owner(&hub, "Nusantara").await;
    let fresh = server::journey(&cx).await.expect("sees");
    assert_eq!((fresh.open(), fresh.resume), (4, Some(Step::Profile)));
    assert_eq!(fresh.steps[0].missing, ["country", "street", "city"]);

    let form = identity::server::my_organisation(&cx).await.expect("reads").form();
    let form = ProfileForm { country: "ID".into(), street: "Jl. Sudirman 1".into(), city: "Jakarta".into(), ..form };
    identity::server::update_organisation(&cx, form).await.expect("changes");
    assert_eq!(server::journey(&cx).await.expect("sees").state(Step::Profile), State::Done);

    let mut tx = cx.tenant_tx(Need::BILLING_WRITE).await.expect("opens");
    identity::server::choose_tier(&mut tx, Tier::Starter, Interval::Monthly, &identity::Limits::default()).await.expect("chooses");
    tx.audit("test", "test", serde_json::json!({}));
    tx.commit().await.expect("commits");
    identity::server::invite_member(&cx, InviteMember { email: "budi@nusantara.test".into(), role: "member".into() }).await.expect("invites");
    let journey = server::journey(&cx).await.expect("sees");
    assert_eq!((journey.state(Step::Tier), journey.state(Step::Colleague), journey.next), (State::Done, State::Done, Some(Step::Service)));
}

#[tokio::test]
async fn a_journey_goes_on_on_another_device_and_steps_are_left_out_and_taken_up() {
    let hub = Hub::start().await;
    let cx = owner(&hub, "Nusantara").await;
    server::visit(&cx, Step::Colleague).await.expect("visits");
    server::visit(&cx, Step::Service).await.expect("visits");
    assert_eq!(server::journey(&cx).await.expect("sees").resume, Some(Step::Service));
    server::skip(&cx, Step::Service).await.expect("skips");
    server::skip(&cx, Step::Service).await.expect("skipped already is fine");
    let journey = server::journey(&cx).await.expect("sees");
    assert_eq!((journey.state(Step::Service), journey.resume), (State::Skipped, Some(Step::Profile)));
    server::take_up(&cx, Step::Service).await.expect("takes up");
    assert_eq!(server::journey(&cx).await.expect("sees").state(Step::Service), State::Open);
    assert!(matches!(server::skip(&cx, Step::Tier).await, Err(JourneyError::NotSkippable)));
    let tenant = cx.tenant().expect("has one");
    assert_eq!(hub.refusals(tenant).await, [("onboarding.step.skipped".to_owned(), Step::Tier.to_string(), "onboarding.not_skippable".to_owned())]);

    let member = hub.cx(cx.tenant().expect("has one"), Role::Member);
    assert!(matches!(server::skip(&member, Step::Service).await, Err(JourneyError::Denied(_))));
    assert_eq!(server::journey(&member).await.expect("sees").open(), 4);
}

#[tokio::test]
async fn organisations_travel_apart() {
    let hub = Hub::start().await;
    let (ours, theirs) = (owner(&hub, "Nusantara").await, owner(&hub, "Other").await);
    server::skip(&ours, Step::Colleague).await.expect("skips");
    server::visit(&theirs, Step::Service).await.expect("visits");
    assert_eq!(server::journey(&theirs).await.expect("sees").state(Step::Colleague), State::Open);
    assert_eq!(server::journey(&ours).await.expect("sees").resume, Some(Step::Profile));
}

#[tokio::test]
async fn an_invitation_that_nobody_took_is_no_colleague() {
    let hub = Hub::start().await;
    let cx = owner(&hub, "Nusantara").await;
    let colleague = async || server::journey(&cx).await.expect("sees").state(Step::Colleague);
    let invite = InviteMember { email: "budi@nusantara.test".into(), role: "member".into() };
    let id = identity::server::invite_member(&cx, invite.clone()).await.expect("invites");
    assert_eq!(colleague().await, State::Done);
    identity::server::revoke_invitation(&cx, id).await.expect("takes back");
    assert_eq!(colleague().await, State::Open);
    identity::server::invite_member(&cx, invite).await.expect("invites");
    hub.at("2026-01-22T09:00:00Z");
    assert_eq!(colleague().await, State::Open, "it expired");
}

#[tokio::test]
async fn a_choice_on_the_price_list_waits_for_its_step_and_nonsense_is_none() {
    let hub = Hub::start().await;
    let (ours, theirs) = (owner(&hub, "Nusantara").await, owner(&hub, "Other").await);
    for (tier, interval) in [("gold", "annual"), ("enterprise", "weekly"), ("", "")] {
        server::note_wish(&ours, tier, interval).await.expect("is no trouble");
    }
    assert_eq!(server::wish(&ours).await.expect("reads"), None);
    server::note_wish(&ours, "enterprise", "annual").await.expect("notes");
    let wish = server::wish(&ours).await.expect("reads").expect("was noted");
    assert_eq!((wish.tier.as_str(), wish.interval.as_str()), ("ENTERPRISE", "annual"));
    assert_eq!(server::wish(&theirs).await.expect("reads"), None);
    let organisation = identity::server::my_organisation(&ours).await.expect("reads");
    assert_eq!((organisation.tier, server::journey(&ours).await.expect("sees").state(Step::Tier)), (None, State::Open), "a wish allows nothing");
}
