//! Where one is signed in.

use super::calls::{EndOtherSessions, EndSession};
use identity::{device::Place, view::SessionView};
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn Sessions(sessions: Vec<SessionView>, end: ServerAction<EndSession>, end_others: ServerAction<EndOtherSessions>) -> impl IntoView {
    let others = sessions.len() > 1;
    let mut columns = vec![
        Column::new("device", tr!(identity.security.device)),
        Column::new("place", tr!(identity.security.place)),
        Column::new("used", tr!(identity.security.last_used)),
        Column::new("since", tr!(identity.security.signed_in)),
    ];
    // This one is ended by signing out.
    if others {
        columns.push(Column::new("actions", tr!(common.actions)).right());
    }
    let rows = sessions.into_iter().map(|session| row(session, end)).collect();
    let actions = if others { view! { <EndOthers action=end_others/> }.into_any() } else { ().into_any() };
    view! {
        <Section title=tr!(identity.security.sessions) says=tr!(identity.security.sessions_help) actions=actions>
            <Table caption=tr!(identity.security.sessions) columns=columns rows=rows/>
        </Section>
    }
}

fn row(session: SessionView, end: ServerAction<EndSession>) -> Row {
    let this = session.is_this_one;
    let device = device(&session);
    let id = session.id.to_string();
    Row::new()
        .cell(view! { <span class="cluster"><strong class="font-medium">{device.clone()}</strong>{this.then(|| view! { <Chip tone=Tone::Good>{tr!(identity.security.this_one)}</Chip> })}</span> })
        .cell(view! { <span class="cluster"><span>{place(session.place)}</span><span class="muted mono">{session.address}</span></span> })
        .cell(view! { <DateTime at=session.last_seen_at relative=true/> })
        .cell(view! { <DateTime at=session.created_at/> })
        .cell((!this).then(|| view! {
            <Form action=end quiet=true>
                <input type="hidden" name="session" value=id/>
                <button class="btn btn-ghost btn-sm" aria-label=tr!(identity.security.end_of, device = device).to_string()>{tr!(identity.security.end)}</button>
            </Form>
        }))
}

/// `Chrome, Windows`, as far as the browser told.
fn device(session: &SessionView) -> String {
    match (&session.browser, &session.system) {
        (Some(browser), Some(system)) => tr!(identity.security.browser_on, browser = browser.clone(), system = system.clone()).to_string(),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => tr!(identity.security.unknown_device).to_owned(),
    }
}

fn place(place: Place) -> &'static str {
    match place {
        Place::ThisMachine => tr!(identity.security.this_machine),
        Place::LocalNetwork => tr!(identity.security.local_network),
        Place::Internet => tr!(identity.security.internet),
        Place::Unknown => tr!(identity.security.unknown_place),
    }
}

#[component]
fn EndOthers(action: ServerAction<EndOtherSessions>) -> impl IntoView {
    view! {
        <Confirm id="end-others" label=tr!(identity.security.end_others) title=tr!(identity.security.end_others_title) says=tr!(identity.security.end_others_says)>
            <Form action=action quiet=true><SubmitButton kind=ButtonKind::Danger>{tr!(identity.security.end_others)}</SubmitButton></Form>
        </Confirm>
    }
}
