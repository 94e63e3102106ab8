//! From the cookie of a request to who asks: one query, the most frequent of all; and whether that still holds later.

use crate::{
    organisation::Kind,
    server::{links, store::{self, sessions::Caller}},
    session::{Realm, SEEN_EVERY, Standing},
    view::{Me, MyOrganisation},
};
use kernel::{Denied, Fault, Permissions, Role};
use platform::{Actor, Cx, Opened, fault};

/// The same request as the person whose session the token is, in the organisation where that session stands, with the
/// permissions of their role there and in their language; and what a page says of them. Unknown, ended and expired tokens
/// are one and the same.
pub async fn caller_from_session(nobody: Cx, token: &str) -> Result<(Cx, Me), Opened> {
    let mut tx = nobody.door_tx().await?;
    let caller = store::sessions::find_caller(&mut tx, &links::hash(token)).await.map_err(fault)?.ok_or(Denied::SignedOut)?;
    if tx.now().since(caller.last_seen_at) >= SEEN_EVERY {
        store::sessions::save_seen(&mut tx, caller.session, nobody.address()).await.map_err(fault)?;
        tx.commit().await?;
    }
    let me = me_of(caller);
    let actor = match me.realm {
        Realm::Tenant => Actor::Person { id: me.person, session: me.session },
        Realm::Staff => Actor::Staff { id: me.person, session: me.session },
    };
    let (tenant, role) = me.current.as_ref().map_or((None, None), |here| (Some(here.id), Some(here.role)));
    Ok((nobody.with_language(me.language).signed_in(actor, tenant, permissions_of(role)), me))
}

/// Of the organisations those that this session's door leads to: a role of the other door is worth nothing here, staff
/// roles work for staff sessions only, and the reverse.
pub(super) fn me_of(caller: Caller) -> Me {
    let is_staff = caller.realm == Realm::Staff;
    let mut organisations = caller.organisations;
    organisations.retain(|one| (one.kind == Kind::Provider) == is_staff && one.role.is_staff() == is_staff);
    let current: Option<MyOrganisation> = organisations.iter().find(|one| Some(one.id) == caller.current_tenant).cloned();
    Me {
        person: caller.person,
        name: caller.person_name,
        email: caller.email,
        email_verified_at: caller.email_verified_at,
        language: caller.language,
        theme: caller.theme,
        realm: caller.realm,
        session: caller.session,
        permissions: permissions_of(current.as_ref().map(|here| here.role)).names().into_iter().map(str::to_owned).collect(),
        current,
        organisations,
        saved_views: caller.saved_views.0,
    }
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
