//! From the cookie of a request to who asks: one query, the most frequent of all; and whether that still holds later.

use crate::{server::{links, store}, session::{Realm, SEEN_EVERY, Standing}};
use kernel::{Denied, Fault, Permissions, Role};
use platform::{Actor, Cx, Opened, fault};

/// The same request as the person whose session the token is, in the organisation where that session stands, with the
/// permissions of their role there and in their language. Unknown, ended and expired tokens are one and the same.
pub async fn caller_from_session(nobody: Cx, token: &str) -> Result<Cx, Opened> {
    let mut tx = nobody.door_tx().await?;
    let caller = store::sessions::find_caller(&mut tx, &links::hash(token)).await.map_err(fault)?.ok_or(Denied::SignedOut)?;
    if tx.now().since(caller.last_seen_at) >= SEEN_EVERY {
        store::sessions::save_seen(&mut tx, caller.id, nobody.address()).await.map_err(fault)?;
    }
    tx.commit().await?;
    let actor = match caller.realm {
        Realm::Tenant => Actor::Person { id: caller.person_id, session: caller.id },
        Realm::Staff => Actor::Staff { id: caller.person_id, session: caller.id },
    };
    // A role of the other door is worth nothing here: staff roles work for staff sessions only, and the reverse.
    let role = caller.role.filter(|role| role.is_staff() == (caller.realm == Realm::Staff));
    let tenant = caller.current_tenant.filter(|_| role.is_some());
    Ok(nobody.with_language(caller.language).signed_in(actor, tenant, permissions_of(role)))
}

fn permissions_of(role: Option<Role>) -> Permissions {
    role.map_or(Permissions::NONE, |role| role.permissions())
}

/// For connections that stay open: whether the session of their first request still stands where it stood then, with
/// the same permissions.
pub async fn standing(cx: &Cx) -> Result<Standing, Fault> {
    let (Some(person), Some(session)) = (cx.actor().person(), cx.actor().session()) else { return Ok(Standing::Gone) };
    let mut tx = cx.door_tx().await?;
    let found = store::sessions::find_place(&mut tx, person, session).await.map_err(fault)?;
    tx.commit().await?;
    Ok(match found {
        None => Standing::Gone,
        Some((place, role)) if place == cx.tenant().ok() && permissions_of(role) == cx.permissions() => Standing::Here,
        Some(_) => Standing::Moved,
    })
}
