use crate::story::*;
use identity::{AcceptInvitation, Interval, InviteMember, Limits, Password, Tier, server::{self, AcceptError, TeamError}, session::Standing, view::{Account, SignedIn}};
use kernel::{Need, Role};
use platform::{Cx, testing::Hub};

fn invitation(email: &str, role: &str) -> InviteMember {
    InviteMember { email: email.into(), role: role.into() }
}

fn acceptance(token: &str, password: &str) -> AcceptInvitation {
    AcceptInvitation { token: token.into(), name: "Budi Santoso".into(), password: Password::new(password), user_agent: String::new() }
}

async fn joins(hub: &Hub, owner: &Cx, email: &str, role: &str) -> SignedIn {
    server::invite_member(owner, invitation(email, role)).await.expect("invites");
    server::accept_invitation(&hub.nobody(), acceptance(&link_to(hub, email).await, PASSWORD)).await.expect("joins")
}

#[tokio::test]
async fn a_colleague_joins_once_with_the_role_that_was_given() {
    let hub = Hub::start().await;
    let owner = asks(&hub, &signs_up(&hub, "Nusantara", "sari@nusantara.test").await).await;
    server::invite_member(&owner, invitation("budi@nusantara.test", "technical")).await.expect("invites");
    let token = link_to(&hub, "budi@nusantara.test").await;
    let invited = server::read_invitation(&hub.nobody(), &token).await.expect("reads");
    assert_eq!((invited.organisation.as_str(), invited.role, invited.account), ("Nusantara", Role::Technical, Account::New));

    let session = server::accept_invitation(&hub.nobody(), acceptance(&token, PASSWORD)).await.expect("joins");
    let me = server::me(&asks(&hub, &session).await).await.expect("is somebody");
    assert!(me.email_verified_at.is_some() && me.current.is_some_and(|one| one.role == Role::Technical));
    assert!(matches!(server::accept_invitation(&hub.nobody(), acceptance(&token, PASSWORD)).await, Err(AcceptError::BadLink)));
    let team = server::team(&owner).await.expect("lists");
    assert_eq!((team.members.len(), team.invitations.len()), (2, 0));
    assert!(matches!(server::invite_member(&owner, invitation("budi@nusantara.test", "member")).await, Err(TeamError::Invalid(fields)) if fields[0].code == "member"));
}

#[tokio::test]
async fn an_account_that_exists_proves_itself() {
    let hub = Hub::start().await;
    let owner = asks(&hub, &signs_up(&hub, "Nusantara", "sari@nusantara.test").await).await;
    let budi = signs_up(&hub, "Warung Budi", "budi@warung.test").await;
    server::invite_member(&owner, invitation("budi@warung.test", "admin")).await.expect("invites");
    let token = link_to(&hub, "budi@warung.test").await;
    assert_eq!(server::read_invitation(&hub.nobody(), &token).await.expect("reads").account, Account::Existing);
    assert!(matches!(server::accept_invitation(&hub.nobody(), acceptance(&token, OTHER_PASSWORD)).await, Err(AcceptError::Invalid(fields)) if fields[0].field == "password"));

    let cx = asks(&hub, &budi).await;
    assert_eq!(server::read_invitation(&cx, &token).await.expect("reads").account, Account::SignedIn);
    let session = server::accept_invitation(&cx, acceptance(&token, "")).await.expect("one click is enough");
    let me = server::me(&asks(&hub, &session).await).await.expect("is somebody");
    assert_eq!(me.organisations.len(), 2);
    assert_eq!(me.current.map(|one| one.slug).as_deref(), Some("nusantara"));
    assert!(!is_signed_in(&hub, &budi).await, "the session before has ended");
}

#[tokio::test]
async fn invitations_end_when_taken_back_replaced_or_a_week_old() {
    let hub = Hub::start().await;
    let owner = asks(&hub, &signs_up(&hub, "Nusantara", "sari@nusantara.test").await).await;
    let first = server::invite_member(&owner, invitation("budi@nusantara.test", "member")).await.expect("invites");
    let replaced = link_to(&hub, "budi@nusantara.test").await;
    hub.at("2026-01-15T09:05:00Z");
    let second = server::invite_member(&owner, invitation("budi@nusantara.test", "member")).await.expect("invites");
    let taken_back = link_to(&hub, "budi@nusantara.test").await;
    assert!(matches!(server::revoke_invitation(&owner, first).await, Err(TeamError::NotFound)));
    server::revoke_invitation(&owner, second).await.expect("takes back");
    hub.at("2026-01-15T09:10:00Z");
    server::invite_member(&owner, invitation("budi@nusantara.test", "member")).await.expect("invites");
    let old = link_to(&hub, "budi@nusantara.test").await;
    hub.at("2026-01-22T09:10:00Z");
    for token in [replaced, taken_back, old] {
        assert!(matches!(server::accept_invitation(&hub.nobody(), acceptance(&token, PASSWORD)).await, Err(AcceptError::BadLink)));
    }
    assert!(server::team(&owner).await.expect("lists").invitations.is_empty());
}

#[tokio::test]
async fn the_last_owner_stays_and_only_owners_make_owners() {
    let hub = Hub::start().await;
    let session = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let owner = asks(&hub, &session).await;
    assert!(matches!(server::remove_member(&owner, session.person).await, Err(TeamError::LastOwner)));
    assert!(matches!(server::change_role(&owner, session.person, "member").await, Err(TeamError::LastOwner)));

    let budi = joins(&hub, &owner, "budi@nusantara.test", "admin").await;
    let admin = asks(&hub, &budi).await;
    assert!(matches!(server::change_role(&admin, budi.person, "owner").await, Err(TeamError::OnlyOwners)));
    assert!(matches!(server::remove_member(&admin, session.person).await, Err(TeamError::OnlyOwners)));
    assert!(matches!(server::invite_member(&admin, invitation("x@nusantara.test", "owner")).await, Err(TeamError::OnlyOwners)));
    assert!(matches!(server::invite_member(&owner, invitation("x@nusantara.test", "operator")).await, Err(TeamError::Invalid(_))));
    server::change_role(&owner, budi.person, "owner").await.expect("makes a second owner");
    server::remove_member(&owner, session.person).await.expect("the first may go now");
    assert!(!is_signed_in(&hub, &session).await, "who leaves is signed out");
    let refused: Vec<String> = trail(&asks(&hub, &budi).await).await.into_iter().filter(|entry| entry.starts_with("refused")).collect();
    assert_eq!(refused, [
        "refused identity.member.removed",
        "refused identity.member.role_changed",
        "refused identity.member.role_changed",
        "refused identity.member.removed",
        "refused identity.member.invited",
        "refused identity.member.invited",
    ]);
}

#[tokio::test]
async fn two_owners_who_leave_at_once_leave_one() {
    let hub = Hub::start().await;
    let sari = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let owner = asks(&hub, &sari).await;
    let budi = joins(&hub, &owner, "budi@nusantara.test", "owner").await;
    let other = asks(&hub, &budi).await;
    let (one, two) = tokio::join!(server::remove_member(&owner, sari.person), server::remove_member(&other, budi.person));
    assert_eq!([one.is_ok(), two.is_ok()].into_iter().filter(|ok| *ok).count(), 1);
}

#[tokio::test]
async fn a_member_reads_the_team_and_a_refused_change_leaves_its_entry() {
    let hub = Hub::start().await;
    let owner = asks(&hub, &signs_up(&hub, "Nusantara", "sari@nusantara.test").await).await;
    let budi = joins(&hub, &owner, "budi@nusantara.test", "member").await;
    let member = asks(&hub, &budi).await;
    assert_eq!(server::team(&member).await.expect("reads").members.len(), 2);
    assert!(matches!(server::invite_member(&member, invitation("x@nusantara.test", "member")).await, Err(TeamError::Denied(_))));
    assert!(matches!(server::update_organisation(&member, Default::default()).await, Err(server::OrganisationError::Denied(_))));
    assert_eq!(trail(&owner).await.iter().filter(|entry| *entry == "refused access.refused").count(), 2);
    server::remove_member(&member, budi.person).await.expect("leaves of their own will");
}

#[tokio::test]
async fn two_owners_who_step_back_at_once_leave_one() {
    let hub = Hub::start().await;
    let sari = signs_up(&hub, "Nusantara", "sari@nusantara.test").await;
    let owner = asks(&hub, &sari).await;
    let budi = joins(&hub, &owner, "budi@nusantara.test", "owner").await;
    let other = asks(&hub, &budi).await;
    // Each the other, and one of them also himself.
    let (one, two, three) = tokio::join!(
        server::change_role(&owner, budi.person, "member"),
        server::change_role(&other, sari.person, "member"),
        server::remove_member(&other, budi.person),
    );
    assert!([one.is_ok(), two.is_ok(), three.is_ok()].contains(&true));
    let owners = server::team(&hub.cx(owner.tenant().expect("has one"), Role::Owner)).await.expect("reads").members.iter().filter(|member| member.role == Role::Owner).count();
    assert_eq!(owners, 1);
}

#[tokio::test]
async fn another_role_counts_from_the_next_request_on() {
    let hub = Hub::start().await;
    let owner = asks(&hub, &signs_up(&hub, "Nusantara", "sari@nusantara.test").await).await;
    let budi = joins(&hub, &owner, "budi@nusantara.test", "technical").await;
    let before = asks(&hub, &budi).await;
    assert!(before.permissions().allow(Need::SERVICES_WRITE));
    server::change_role(&owner, budi.person, "billing").await.expect("changes");
    let now = asks(&hub, &budi).await;
    assert_eq!(server::standing(&before).await.expect("answers"), Standing::Moved, "a page that was open with the other role");
    assert_eq!(server::standing(&now).await.expect("answers"), Standing::Here);
    assert_eq!(now.permissions(), Role::Billing.permissions(), "in the session that was open already");
    server::remove_member(&owner, budi.person).await.expect("removes");
    assert_eq!(server::standing(&now).await.expect("answers"), Standing::Gone);
}

#[tokio::test]
async fn who_is_removed_while_working_elsewhere_keeps_that_session_and_sees_nothing_more_here() {
    let hub = Hub::start().await;
    let owner = asks(&hub, &signs_up(&hub, "Nusantara", "sari@nusantara.test").await).await;
    let budi = signs_up(&hub, "Warung Budi", "budi@warung.test").await;
    let home = budi.tenant.expect("has one");
    server::invite_member(&owner, invitation("budi@warung.test", "member")).await.expect("invites");
    let token = link_to(&hub, "budi@warung.test").await;
    let joined = server::accept_invitation(&asks(&hub, &budi).await, acceptance(&token, "")).await.expect("joins");
    let opened_here = asks(&hub, &joined).await;
    let renewed = server::switch_organisation(&opened_here, home).await.expect("switches");
    server::remove_member(&owner, budi.person).await.expect("removes");
    assert_eq!(asks_anew(&hub, &renewed).await.tenant(), Ok(home));
    assert_eq!(server::standing(&opened_here).await.expect("answers"), Standing::Moved, "a page that was left open here");
}

#[tokio::test]
async fn a_link_opened_by_somebody_else_says_so_and_signs_the_invited_in() {
    let hub = Hub::start().await;
    let owner = asks(&hub, &signs_up(&hub, "Nusantara", "sari@nusantara.test").await).await;
    let dewi = signs_up(&hub, "Warung Dewi", "dewi@warung.test").await;
    server::invite_member(&owner, invitation("budi@nusantara.test", "member")).await.expect("invites");
    let token = link_to(&hub, "budi@nusantara.test").await;
    let cx = asks(&hub, &dewi).await;
    let invited = server::read_invitation(&cx, &token).await.expect("reads");
    assert_eq!((invited.account, invited.instead_of.as_deref()), (Account::New, Some("dewi@warung.test")));
    let session = server::accept_invitation(&cx, acceptance(&token, PASSWORD)).await.expect("joins");
    assert_ne!(session.person, dewi.person);
    assert!(!is_signed_in(&hub, &dewi).await, "the browser is Budi's now");
    let emails: Vec<String> = server::team(&owner).await.expect("reads").members.into_iter().map(|member| member.email).collect();
    assert_eq!(emails, ["sari@nusantara.test", "budi@nusantara.test"]);
}

#[tokio::test]
async fn an_invitation_is_sent_again_but_floods_nobody() {
    let hub = Hub::start().await;
    let owner = asks(&hub, &signs_up(&hub, "Nusantara", "sari@nusantara.test").await).await;
    for _ in 0..5 {
        server::invite_member(&owner, invitation("budi@nusantara.test", "member")).await.expect("sends again");
    }
    assert_eq!(server::team(&owner).await.expect("reads").invitations.len(), 1);
    let refused = server::invite_member(&owner, invitation("budi@nusantara.test", "member")).await;
    assert!(matches!(refused, Err(TeamError::TooMany { seconds: 900 })), "{refused:?}");
    assert_eq!(mails_to(&hub, "budi@nusantara.test").await.len(), 5);
    server::invite_member(&owner, invitation("dewi@nusantara.test", "member")).await.expect("others can be invited");
    let token = link_to(&hub, "budi@nusantara.test").await;
    server::accept_invitation(&hub.nobody(), acceptance(&token, PASSWORD)).await.expect("the newest link stands");
}

/// Every link that was mailed to an address, newest mail first.
async fn links_to(hub: &Hub, email: &str) -> Vec<String> {
    let links = mails_to(hub, email).await.into_iter().filter_map(|mail| mail.lines().find_map(|line| line.split_once("?token=")).map(|(_, token)| token.to_owned()));
    links.collect()
}

#[tokio::test]
async fn sent_again_twice_at_once_one_invitation_stands_and_one_link_works() {
    let hub = Hub::start_with(4).await;
    let owner = asks(&hub, &signs_up(&hub, "Nusantara", "sari@nusantara.test").await).await;
    allows(&owner, -1).await;
    for round in 0..5 {
        let email = format!("budi{round}@nusantara.test");
        server::invite_member(&owner, invitation(&email, "member")).await.expect("invites");
        let sends = || {
            let (cx, cmd) = (owner.clone(), invitation(&email, "member"));
            tokio::spawn(async move { server::invite_member(&cx, cmd).await })
        };
        let (one, two) = tokio::join!(sends(), sends());
        let (one, two) = (one.expect("no panic").expect("sends again"), two.expect("no panic").expect("sends again"));
        let open: Vec<_> = server::team(&owner).await.expect("reads").invitations.into_iter().filter(|open| open.email == email).map(|open| open.id).collect();
        assert!(open == [one] || open == [two], "{open:?} of {one} and {two}");

        // Each is a mail of its own; the one that replaced the others has the link that works.
        let links = links_to(&hub, &email).await;
        assert_eq!(links.len(), 3);
        let mut working = Vec::new();
        for link in links {
            if server::read_invitation(&hub.nobody(), &link).await.is_ok() {
                working.push(link);
            }
        }
        assert_eq!(working.len(), 1, "of three links");
        let address = format!("192.0.2.{}", 10 + round);
        server::accept_invitation(&nobody_at(&hub, &address), acceptance(&working[0], PASSWORD)).await.expect("joins");
    }
}

#[tokio::test]
async fn sent_again_while_it_is_accepted_leaves_nobody_invited_who_is_a_member() {
    let hub = Hub::start_with(4).await;
    let owner = asks(&hub, &signs_up(&hub, "Nusantara", "sari@nusantara.test").await).await;
    allows(&owner, -1).await;
    for round in 0..8 {
        let budi = signs_up(&hub, "Warung", &format!("budi{round}@warung.test")).await;
        let cx = asks(&hub, &budi).await;
        let email = format!("budi{round}@warung.test");
        server::invite_member(&owner, invitation(&email, "member")).await.expect("invites");
        let token = link_to(&hub, &email).await;
        let accepts = tokio::spawn(async move { server::accept_invitation(&cx, acceptance(&token, "")).await });
        let (from, cmd) = (owner.clone(), invitation(&email, "member"));
        let again = tokio::spawn(async move { server::invite_member(&from, cmd).await });
        let (joined, again) = tokio::join!(accepts, again);
        let (joined, again) = (joined.expect("no panic"), again.expect("no panic"));
        let team = server::team(&owner).await.expect("reads");
        let member = team.members.iter().any(|member| member.email == email);
        let invited = team.invitations.iter().any(|open| open.email == email);
        assert!(member != invited, "round {round}: {joined:?} {again:?}");
        assert_eq!((joined.is_ok(), again.is_ok()), (member, invited), "round {round}: {joined:?} {again:?}");
    }
}

#[tokio::test]
async fn the_trail_names_people_by_their_ids_only() {
    let hub = Hub::start().await;
    let owner = asks(&hub, &signs_up(&hub, "Nusantara", "sari@nusantara.test").await).await;
    let budi = joins(&hub, &owner, "budi@nusantara.test", "technical").await;
    server::change_role(&owner, budi.person, "member").await.expect("changes");
    server::remove_member(&owner, budi.person).await.expect("removes");
    let mut tx = owner.tenant_tx(Need::MEMBER).await.expect("opens");
    let entries: Vec<String> = sqlx::query_scalar("SELECT e::text FROM hub.audit_entries e LIMIT 100").fetch_all(&mut *tx).await.expect("reads");
    assert_eq!(entries.len(), 5);
    for personal in ["@", "Sari", "Budi", "192.0.2.1"] {
        assert!(entries.iter().all(|entry| !entry.contains(personal)), "an entry holds {personal}: erasing somebody could not leave the chain whole");
    }
}

/// As billing does when a tier is subscribed to.
async fn allows(owner: &Cx, seats: i64) {
    let mut tx = owner.tenant_tx(Need::BILLING_WRITE).await.expect("opens");
    let limits = Limits([("seats".to_owned(), seats)].into());
    server::choose_tier(&mut tx, Tier::Professional, Interval::Monthly, &limits).await.expect("chooses");
    tx.audit("test", "test", serde_json::json!({}));
    tx.commit().await.expect("commits");
}

#[tokio::test]
async fn no_more_are_invited_than_the_tier_has_seats_for() {
    let hub = Hub::start().await;
    let owner = asks(&hub, &signs_up(&hub, "Nusantara", "sari@nusantara.test").await).await;
    assert_eq!(server::team(&owner).await.expect("lists").seats, Some(5), "as the smallest tier until one is chosen");
    allows(&owner, 3).await;
    for email in ["a@nusantara.test", "b@nusantara.test"] {
        server::invite_member(&owner, invitation(email, "member")).await.expect("invites");
    }
    assert!(matches!(server::invite_member(&owner, invitation("c@nusantara.test", "member")).await, Err(TeamError::NoSeat { seats: 3 })));
    server::invite_member(&owner, invitation("b@nusantara.test", "admin")).await.expect("a second invitation takes the first one's seat");
    let open = server::team(&owner).await.expect("lists").invitations;
    assert_eq!(open.len(), 2);
    server::revoke_invitation(&owner, open[0].id).await.expect("takes back");
    server::invite_member(&owner, invitation("c@nusantara.test", "member")).await.expect("there is room again");
    assert_eq!(trail(&owner).await.iter().filter(|entry| *entry == "refused identity.member.invited").count(), 1);
    allows(&owner, -1).await;
    server::invite_member(&owner, invitation("d@nusantara.test", "member")).await.expect("there is no limit");
    // An invitation that is too old takes no seat.
    allows(&owner, 2).await;
    hub.at("2026-01-23T09:00:00Z");
    server::invite_member(&owner, invitation("e@nusantara.test", "member")).await.expect("invites");
}

#[tokio::test]
async fn a_link_that_finds_no_seat_works_when_there_is_room_again() {
    let hub = Hub::start().await;
    let owner = asks(&hub, &signs_up(&hub, "Nusantara", "sari@nusantara.test").await).await;
    let budi = joins(&hub, &owner, "budi@nusantara.test", "member").await;
    server::invite_member(&owner, invitation("tuti@nusantara.test", "member")).await.expect("invites");
    let token = link_to(&hub, "tuti@nusantara.test").await;
    // A smaller tier took hold meanwhile: nobody goes, nobody comes.
    allows(&owner, 1).await;
    assert!(is_signed_in(&hub, &budi).await);
    let refused = server::accept_invitation(&hub.nobody(), acceptance(&token, PASSWORD)).await.expect_err("there is no seat");
    assert_eq!(refused.code(), "identity.no_seat_to_join");
    assert_eq!(trail(&owner).await.last().map(String::as_str), Some("refused identity.member.joined"));
    allows(&owner, 3).await;
    server::accept_invitation(&hub.nobody(), acceptance(&token, PASSWORD)).await.expect("joins");
    assert_eq!(server::team(&owner).await.expect("lists").members.len(), 3);
}

#[tokio::test]
async fn of_two_at_once_one_takes_the_last_seat() {
    let hub = Hub::start().await;
    let owner = asks(&hub, &signs_up(&hub, "Nusantara", "sari@nusantara.test").await).await;
    allows(&owner, 3).await;
    server::invite_member(&owner, invitation("a@nusantara.test", "member")).await.expect("invites");
    server::invite_member(&owner, invitation("b@nusantara.test", "member")).await.expect("invites");
    let (a, b) = (link_to(&hub, "a@nusantara.test").await, link_to(&hub, "b@nusantara.test").await);
    allows(&owner, 2).await;
    let (cx_a, cx_b) = (nobody_at(&hub, "192.0.2.2"), nobody_at(&hub, "192.0.2.3"));
    let (one, two) = tokio::join!(server::accept_invitation(&cx_a, acceptance(&a, PASSWORD)), server::accept_invitation(&cx_b, acceptance(&b, PASSWORD)));
    assert_eq!([one.is_ok(), two.is_ok()].into_iter().filter(|joined| *joined).count(), 1);
    let (one, two) = tokio::join!(
        server::invite_member(&owner, invitation("c@nusantara.test", "member")),
        server::invite_member(&owner, invitation("d@nusantara.test", "member"))
    );
    assert!(one.is_err() && two.is_err());
}
