//! The list as the reader likes to see it: its search, filters, order and columns under a name, kept with their account.

use super::ListQuery;
use crate::{icon::Icon, viewer::use_viewer};
use i18n::tr;
use icondata_lu as icons;
use leptos::prelude::*;

/// Where the forms go; the identity pages answer there.
const SAVE: &str = "/save-view";
const FORGET: &str = "/forget-view";
/// The staff's session counts below `/provider`.
const STAFF: &str = "/provider";
/// As many characters as the identity area keeps.
const NAME_LIMIT: &str = "40";

/// Views of this list, and a form that keeps it as it stands now. Nothing for visitors, who have no account to keep them.
#[component]
pub(super) fn Views(query: ListQuery, path: String) -> impl IntoView {
    let Some(viewer) = use_viewer() else { return ().into_any() };
    let address = query.without_cursor().address("");
    let now = address.trim_start_matches('?').to_owned();
    let below = if viewer.staff { STAFF } else { "" };
    let (save, forget) = (format!("{below}{SAVE}"), format!("{below}{FORGET}"));
    let views: Vec<_> = viewer.saved_views.into_iter().filter(|view| view.path == path).collect();
    let here = views.iter().find(|view| view.query == now && !now.is_empty()).map(|view| view.name.clone());
    let rows = views
        .into_iter()
        .map(|view| {
            let current = (view.query == now).then_some("true");
            let href = if view.query.is_empty() { path.clone() } else { format!("{path}?{}", view.query) };
            let forgets = tr!(kit.table.forget_view, name = view.name.clone()).to_string();
            view! {
                <li class="view-row">
                    <a class="menu-item" href=href aria-current=current>{view.name.clone()}</a>
                    <form method="post" action=forget.clone()>
                        <input type="hidden" name="path" value=view.path/>
                        <input type="hidden" name="name" value=view.name/>
                        <input type="hidden" name="query" value=now.clone()/>
                        <button class="btn btn-ghost btn-sm" aria-label=forgets><Icon icon=icons::LuX/></button>
                    </form>
                </li>
            }
        })
        .collect_view();
    view! {
        <details class="menu-fold" name="menus">
            <summary class="btn btn-ghost btn-sm"><Icon icon=icons::LuBookmark/><span class="view-name">{here.unwrap_or_else(|| tr!(kit.table.views).to_owned())}</span></summary>
            <div class="menu-sheet menu-sheet-right menu-wide">
                <ul class="view-list">{rows}</ul>
                <form method="post" action=save class="view-form">
                    <input type="hidden" name="path" value=path/>
                    <input type="hidden" name="query" value=now/>
                    <label class="field-label" for="view-name">{tr!(kit.table.view_name)}</label>
                    <div class="view-line">
                        <input id="view-name" class="input input-sm" name="name" required=true maxlength=NAME_LIMIT autocomplete="off"/>
                        <button class="btn btn-plain btn-sm">{tr!(kit.table.save_view)}</button>
                    </div>
                </form>
            </div>
        </details>
    }
    .into_any()
}
