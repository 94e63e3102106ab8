//! Who one is and which organisation one works in.

use crate::{Viewer, icon::Icon};
use i18n::tr;
use icondata_lu as icons;
use kernel::Role;
use leptos::prelude::*;

/// Where the session's forms go; the identity pages answer there.
pub const SIGN_OUT: &str = "/sign-out";
pub const STAFF_SIGN_OUT: &str = "/provider/sign-out";
pub const SWITCH_ORGANISATION: &str = "/switch-organisation";

#[component]
pub fn AccountMenu(viewer: Viewer) -> impl IntoView {
    let settings = (!viewer.staff).then(|| view! {
        <a class="menu-item" href="/settings"><Icon icon=icons::LuSettings/>{tr!(kit.nav.settings)}</a>
        <a class="menu-item" href="/settings/security"><Icon icon=icons::LuShieldCheck/>{tr!(kit.nav.security)}</a>
    });
    let sign_out = if viewer.staff { STAFF_SIGN_OUT } else { SIGN_OUT };
    view! {
        <details class="menu-fold" name="menus">
            <summary class="avatar-button" aria-label=tr!(kit.account)><span aria-hidden="true">{viewer.initials()}</span></summary>
            <div class="menu-sheet menu-sheet-right menu-wide">
                <p class="menu-note"><span class="muted">{tr!(kit.signed_in_as)}</span><strong>{viewer.name}</strong><span class="muted">{viewer.email}</span></p>
                {settings}
                <form method="post" action=sign_out>
                    <button class="menu-item" data-sign-out="true"><Icon icon=icons::LuLogOut/>{tr!(kit.sign_out)}</button>
                </form>
            </div>
        </details>
    }
}

/// The organisation's name; a menu where there are several to switch between.
#[component]
pub fn OrganisationMenu(viewer: Viewer) -> impl IntoView {
    let Some(current) = viewer.organisation.clone() else { return ().into_any() };
    let role = role_name(current.role);
    let face = view! {
        <span class="org-mark" aria-hidden="true">{current.name.chars().next().unwrap_or('·').to_uppercase().to_string()}</span>
        <span class="org-text"><strong>{current.name.clone()}</strong><span class="muted">{role}</span></span>
    };
    if viewer.organisations.len() < 2 {
        return view! { <div class="org">{face}</div> }.into_any();
    }
    view! {
        <details class="menu-fold org-fold" name="menus">
            <summary class="org" aria-label=tr!(kit.switch_organisation)>{face}<Icon icon=icons::LuChevronsUpDown class="org-arrows"/></summary>
            <form class="menu-sheet" method="post" action=SWITCH_ORGANISATION>
                <p class="menu-note muted">{tr!(kit.your_organisations)}</p>
                {viewer.organisations.into_iter().map(|organisation| {
                    let here = organisation.id == current.id;
                    view! {
                        <button class="menu-item" name="organisation" value=organisation.id.to_string() aria-current=here.then_some("true")>
                            <span class="grow">{organisation.name}</span>{here.then(|| view! { <Icon icon=icons::LuCheck/> })}
                        </button>
                    }
                }).collect_view()}
            </form>
        </details>
    }
    .into_any()
}

/// A role in the reader's language.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Owner => tr!(common.roles.owner),
        Role::Admin => tr!(common.roles.admin),
        Role::Technical => tr!(common.roles.technical),
        Role::Billing => tr!(common.roles.billing),
        Role::Member => tr!(common.roles.member),
        Role::Operator => tr!(common.roles.operator),
        Role::Finance => tr!(common.roles.finance),
        Role::Auditor => tr!(common.roles.auditor),
    }
}
