//! The organisation's keys, revoked ones included.

use super::{calls::RevokeKey, scopes};
use integrations::view::ApiKeyView;
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn Keys(keys: Vec<ApiKeyView>, revoke: ServerAction<RevokeKey>) -> impl IntoView {
    let columns = vec![
        Column::new("name", tr!(common.name)),
        Column::new("state", tr!(common.state)),
        Column::new("prefix", tr!(identity.keys.prefix)),
        Column::new("scopes", tr!(identity.keys.scopes)),
        Column::new("used", tr!(identity.keys.used)),
        Column::new("expires", tr!(identity.keys.expires)),
        Column::new("made", tr!(identity.keys.made)).hidden(),
        Column::new("actions", tr!(common.actions)).right(),
    ];
    let rows = keys.into_iter().map(|key| row(key, revoke)).collect();
    let empty = view! { <EmptyState icon=icons::LuKeyRound title=tr!(identity.keys.empty) says=tr!(identity.keys.empty_help)/> }.into_any();
    view! { <Section title=tr!(identity.keys.list)><Table caption=tr!(identity.keys.list) columns=columns rows=rows empty=empty/></Section> }
}

fn row(key: ApiKeyView, revoke: ServerAction<RevokeKey>) -> Row {
    let state = state(&key);
    let says = key.scopes.iter().map(|scope| scopes::words(scope)).collect::<Vec<_>>().join(" · ");
    let used = match key.last_used_at {
        Some(at) => view! { <DateTime at=at relative=true/> }.into_any(),
        None => view! { <span class="muted">{tr!(identity.keys.unused)}</span> }.into_any(),
    };
    let expires = match key.expires_at {
        Some(at) => view! { <DateTime at=at/> }.into_any(),
        None => view! { <span class="muted">{tr!(identity.keys.no_expiry)}</span> }.into_any(),
    };
    let made = key.created_at;
    Row::new()
        .cell(view! { <strong class="font-medium">{key.name.clone()}</strong> })
        .cell(view! { <StatusChip state=state/> })
        .cell(view! { <span class="mono">{key.prefix.clone()} "…"</span> })
        .cell(view! { <span class="block min-w-40 max-w-xs">{says}</span> })
        .cell(used)
        .cell(expires)
        .cell(view! { <DateTime at=made/> })
        .cell((state == "active").then(|| view! { <Revoke key=key revoke=revoke/> }))
}

fn state(key: &ApiKeyView) -> &'static str {
    match (key.revoked_at, key.expires_at) {
        (Some(_), _) => "revoked",
        (None, Some(at)) if at <= kit::time::now() => "expired",
        (None, _) => "active",
    }
}

#[component]
fn Revoke(key: ApiKeyView, revoke: ServerAction<RevokeKey>) -> impl IntoView {
    let title = tr!(identity.keys.revoke_title, name = key.name).to_string();
    view! {
        <Confirm id=format!("revoke-{}", key.id) label=tr!(identity.keys.revoke) title=title says=tr!(identity.keys.revoke_says) kind=ButtonKind::Quiet>
            <Form action=revoke quiet=true>
                <input type="hidden" name="key" value=key.id.to_string()/>
                <SubmitButton kind=ButtonKind::Danger>{tr!(identity.keys.revoke)}</SubmitButton>
            </Form>
        </Confirm>
    }
}
