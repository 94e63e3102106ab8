//! Where the kit's viewer comes from: the identity area.

use identity::{
    server::{MeError, standing},
    session::{self, Realm},
    view::{Me, MyOrganisation},
};
use kernel::Denied;
use kit::{
    PageError, Viewer, ViewerOrganisation,
    viewer::{
        SavedView,
        source::{Source, Standing, install},
    },
};
use onboarding::server::journey;
use platform::Cx;

/// Called once by the server before it answers.
pub fn prepare() {
    install(Source { viewer: |cx| Box::pin(viewer(cx)), standing: |cx| Box::pin(stands(cx)) });
}

async fn viewer(cx: Cx) -> Result<Viewer, PageError> {
    // Found with the session, in the one query that every request asks.
    let me = kit::request::known::<Me>().ok_or_else(|| kit::page_error!(MeError::Denied(Denied::SignedOut)))?;
    let onboarding_open = me.realm == Realm::Tenant && me.current.is_some() && is_onboarding_open(&cx).await;
    Ok(viewer_of(me, onboarding_open))
}

/// Only a hint for the navigation: when it cannot be told, the way there is shown.
async fn is_onboarding_open(cx: &Cx) -> bool {
    journey(cx).await.map_or(true, |journey| journey.open() > 0)
}

fn viewer_of(me: Me, onboarding_open: bool) -> Viewer {
    Viewer {
        staff: me.realm == Realm::Staff,
        name: me.name,
        email: me.email,
        email_verified: me.email_verified_at.is_some(),
        language: me.language,
        organisation: me.current.map(organisation_of),
        organisations: me.organisations.into_iter().map(organisation_of).collect(),
        permissions: me.permissions,
        onboarding_open,
        saved_views: me.saved_views.into_iter().map(|view| SavedView { path: view.path, name: view.name, query: view.query }).collect(),
    }
}

fn organisation_of(organisation: MyOrganisation) -> ViewerOrganisation {
    ViewerOrganisation { id: organisation.id, name: organisation.name, role: organisation.role, currency: organisation.currency, time_zone: organisation.time_zone }
}

/// A database that does not answer ends no session.
async fn stands(cx: Cx) -> Standing {
    match standing(&cx).await {
        Ok(session::Standing::Here) | Err(_) => Standing::Here,
        Ok(session::Standing::Moved) => Standing::Moved,
        Ok(session::Standing::Gone) => Standing::Gone,
    }
}
