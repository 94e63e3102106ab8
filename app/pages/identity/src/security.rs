//! Security: one's own signed-in browsers, and one's password.

pub mod calls;
mod password;
mod sessions;

use crate::outcome::{ActionTrouble, DoneNote, close_dialogs_after, error_of, settle_on_success};
use calls::{ChangePassword, EndOtherSessions, EndSession, my_sessions};
use identity::view::SessionView;
use kit::prelude::*;
use leptos::prelude::*;
use password::PasswordSection;
use sessions::Sessions;

#[derive(Clone)]
pub struct SecurityPage {
    sessions: Resource<Result<Vec<SessionView>, PageError>>,
    end: ServerAction<EndSession>,
    end_others: ServerAction<EndOtherSessions>,
    change: ServerAction<ChangePassword>,
}

impl PageRoute for SecurityPage {
    fn data() -> Self {
        Self { sessions: Resource::new(|| (), |()| my_sessions()), end: ServerAction::new(), end_others: ServerAction::new(), change: ServerAction::new() }
    }

    fn view(this: Self) -> AnyView {
        let SecurityPage { sessions, end, end_others, change } = this;
        settle_on_success(end, sessions, tr!(identity.done.session_ended), None);
        settle_on_success(end_others, sessions, tr!(identity.done.others_ended), None);
        settle_on_success(change, sessions, tr!(identity.done.password_changed), Some(password::PLACE));
        close_dialogs_after(end);
        close_dialogs_after(end_others);
        view! {
            <PageHeader title=tr!(kit.nav.security) lead=tr!(identity.security.lead)/>
            <DoneNote words=done/>
            <ActionTrouble error=error_of(end)/>
            <ActionTrouble error=error_of(end_others)/>
            <Load resource=sessions skeleton=SkeletonKind::Table view=move |sessions| view! { <Sessions sessions=sessions end=end end_others=end_others/> }/>
            <PasswordSection action=change/>
        }
        .into_any()
    }
}

fn done(what: &str) -> Option<&'static str> {
    match what {
        "session_ended" => Some(tr!(identity.done.session_ended)),
        "others_ended" => Some(tr!(identity.done.others_ended)),
        "password_changed" => Some(tr!(identity.done.password_changed)),
        _ => None,
    }
}
