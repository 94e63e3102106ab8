//! Keys of programs: made with what they may do, shown once, revoked.

pub mod calls;
mod create;
mod list;
mod scopes;

use crate::outcome::{ActionTrouble, DoneNote, close_dialogs_after, error_of, settle_on_success};
use calls::{CreateKey, KeysFile, RevokeKey, read_keys};
use create::{Create, Made};
use kernel::Need;
use kit::prelude::*;
use leptos::prelude::*;
use list::Keys;

#[derive(Clone)]
pub struct ApiKeysPage {
    keys: Resource<Result<KeysFile, PageError>>,
    create: ServerAction<CreateKey>,
    revoke: ServerAction<RevokeKey>,
}

impl PageRoute for ApiKeysPage {
    fn data() -> Self {
        Self { keys: Resource::new(|| (), |()| read_keys()), create: ServerAction::new(), revoke: ServerAction::new() }
    }

    fn view(this: Self) -> AnyView {
        let ApiKeysPage { keys, create, revoke } = this;
        settle_on_success(create, keys, tr!(identity.done.key_made), Some(create::PLACE));
        settle_on_success(revoke, keys, tr!(identity.done.key_revoked), None);
        close_dialogs_after(revoke);
        let may_make = use_viewer().is_some_and(|viewer| viewer.may(Need::API_KEYS_WRITE));
        let answer = create.value();
        let secret = Memo::new(move |_| answer.with(|answer| answer.as_ref().and_then(|answer| answer.as_ref().ok().map(|made| made.secret.clone()))));
        view! {
            <PageHeader title=tr!(kit.nav.api_keys) lead=tr!(identity.keys.lead)>
                <LinkButton href="/api/docs" external=true icon=icons::LuBookOpen>{tr!(identity.keys.reference)}</LinkButton>
            </PageHeader>
            <DoneNote words=done/>
            <div class="contents" aria-live="polite">{move || secret.get().map(|secret| view! { <Made secret=secret/> })}</div>
            <ActionTrouble error=error_of(revoke)/>
            <Load resource=keys skeleton=SkeletonKind::Table view=move |file| view! {
                {file.just_made.map(|secret| view! { <Made secret=secret/> })}
                <Keys keys=file.keys revoke=revoke/>
            }/>
            {may_make.then(|| view! { <Create action=create/> })}
        }
        .into_any()
    }
}

fn done(what: &str) -> Option<&'static str> {
    match what {
        "key_revoked" => Some(tr!(identity.done.key_revoked)),
        _ => None,
    }
}
