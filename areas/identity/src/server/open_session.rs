//! The end of every way in: a new session with a new token, the old one ended; and a new token where rights change.

use crate::{
    device::MAX_USER_AGENT,
    server::{links, store::{self, people::Person, sessions::Session}},
    session::Realm,
    view::{Renewed, SignedIn},
};
use kernel::{Denied, Fault, Role, SessionId, TenantId};
use platform::{Actor, Cx, DoorTx, Opened, fault, secrets::random_token};

/// Somebody about to be signed in: who, by which door, where to.
pub struct Arrival<'a> {
    pub person: &'a Person,
    pub realm: Realm,
    /// The organisation they come into and their role there.
    pub into: Option<(TenantId, Role)>,
    pub user_agent: &'a str,
}

/// The request as the person who is arriving, so that the audit trail names them.
pub fn acting(cx: &Cx, session: SessionId, arrival: &Arrival) -> Cx {
    let id = arrival.person.id;
    let actor = match arrival.realm {
        Realm::Tenant => Actor::Person { id, session },
        Realm::Staff => Actor::Staff { id, session },
    };
    let (tenant, permissions) = arrival.into.map_or((None, Default::default()), |(tenant, role)| (Some(tenant), role.permissions()));
    cx.clone().signed_in(actor, tenant, permissions)
}

/// Opens the session and ends the one that the request came with, whosever it was: a token from before signing in is
/// worth nothing afterwards.
pub async fn open(before: &Cx, tx: &mut DoorTx, session: SessionId, arrival: &Arrival<'_>) -> Result<SignedIn, Fault> {
    if let (Ok(person), Some(old)) = (before.person(), before.actor().session())
        && store::sessions::end(tx, person, old).await.map_err(fault)?
    {
        platform::live::notify_session_ended(tx, old).await?;
    }
    let token = random_token();
    let now = tx.now();
    let row = Session {
        id: session,
        realm: arrival.realm,
        person_id: arrival.person.id,
        current_tenant: arrival.into.map(|(tenant, _)| tenant),
        user_agent: arrival.user_agent.chars().take(MAX_USER_AGENT).collect(),
        address: before.address().to_owned(),
        created_at: now,
        last_seen_at: now,
        expires_at: now.plus(arrival.realm.lifetime()),
    };
    store::sessions::insert(tx, &row, &links::hash(&token)).await.map_err(fault)?;
    Ok(SignedIn {
        token,
        session,
        realm: arrival.realm,
        person: arrival.person.id,
        tenant: row.current_tenant,
        language: arrival.person.language,
        expires_at: row.expires_at,
    })
}

/// Gives the request's session another token where what it may do changes: one that somebody else has come by is worth
/// nothing from then on. Its open pages go on.
pub async fn renew(cx: &Cx, tx: &mut DoorTx) -> Result<Renewed, Opened> {
    let session = cx.actor().session().ok_or(Denied::SignedOut)?;
    let token = random_token();
    let found = store::sessions::renew(tx, session, &links::hash(&token)).await.map_err(fault)?;
    let (realm, expires_at) = found.ok_or(Denied::SignedOut)?;
    Ok(Renewed { token, realm, expires_at })
}
