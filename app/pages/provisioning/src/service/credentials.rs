//! Credentials: shown once, then only rotated.

use super::acts::{Acts, ROTATE};
use crate::words;
use kernel::{Need, OperationId};
use kit::prelude::*;
use leptos::prelude::*;
use provisioning::operation::OperationKind;
use provisioning::view::{Credentials, CredentialsState, InstanceView};

#[component]
pub fn CredentialsTab(before: Option<Credentials>, shown: RwSignal<InstanceView>, acts: Acts) -> impl IntoView {
    if !use_viewer().is_some_and(|viewer| viewer.may(Need::CREDENTIALS)) {
        return view! {
            <EmptyState icon=icons::LuLock title=tr!(provisioning.credentials.no_right) says=tr!(provisioning.credentials.no_right_says)/>
        }
        .into_any();
    }
    let state = Memo::new(move |_| shown.with(|service| service.credentials));
    let rotatable = Memo::new(move |_| shown.with(|service| service.actions.iter().any(|action| action == "rotate")));
    // What was revealed at an earlier look is not shown again. Not when the look ends: what reads it is gone by then.
    acts.reveal.clear();
    // Revealed on this page; gone when new ones were made since.
    let revealed = RwSignal::new(before);
    Effect::new(move || {
        if let Some(Ok(credentials)) = acts.reveal.value().get() {
            revealed.set(Some(credentials));
        }
    });
    // Here or on another page of the service.
    let rotation = Memo::new(move |_| shown.with(|service| service.operation.as_ref().filter(|last| last.kind == OperationKind::Rotate).map(|last| last.id)));
    Effect::new(move |before: Option<Option<OperationId>>| {
        let now = rotation.get();
        if now.is_some() && before.is_some_and(|before| before != now) {
            revealed.set(None);
        }
        now
    });
    // What was refused is not said of others that wait by now.
    Effect::new(move |first: Option<()>| {
        let (state, _) = (state.get(), rotation.get());
        if first.is_some() && state == CredentialsState::Unseen {
            acts.reveal.clear();
        }
    });
    view! {
        <Section title=tr!(provisioning.credentials.title)>
            {move || match (revealed.get(), state.get()) {
                (Some(credentials), _) => view! { <Revealed credentials=credentials/> }.into_any(),
                (None, CredentialsState::None) => view! {
                    <EmptyState icon=icons::LuKeyRound title=tr!(provisioning.credentials.none) says=tr!(provisioning.credentials.none_says)/>
                }.into_any(),
                (None, CredentialsState::Unseen) => view! { <Unseen shown=shown acts=acts/> }.into_any(),
                (None, CredentialsState::Shown(at)) => view! {
                    <Callout tone=Tone::Info title=tr!(provisioning.credentials.shown, time = kit::time::date_time_text(at))>
                        <p>{tr!(provisioning.credentials.shown_says)}</p>
                    </Callout>
                }.into_any(),
            }}
            {move || rotatable.get().then(|| view! { <Rotate shown=shown acts=acts/> })}
        </Section>
    }
    .into_any()
}

#[component]
fn Unseen(shown: RwSignal<InstanceView>, acts: Acts) -> impl IntoView {
    let id = shown.with_untracked(|service| service.id.to_string());
    view! {
        <Callout tone=Tone::Warn title=tr!(provisioning.credentials.unseen)>
            <p>{tr!(provisioning.credentials.unseen_says)}</p>
        </Callout>
        <Form action=acts.reveal>
            <input type="hidden" name="id" value=id/>
            <SubmitButton icon=icons::LuEye>{tr!(provisioning.credentials.reveal)}</SubmitButton>
        </Form>
    }
}

#[component]
fn Revealed(credentials: Credentials) -> impl IntoView {
    let Credentials { host, port, database, user, password, uri } = credentials;
    let parts = [("host", host), ("port", port), ("database", database), ("user", user)].map(|(name, value)| (words::endpoint(name), name, value));
    let secrets = [(tr!(common.password).to_string(), "password", password), (tr!(provisioning.credentials.uri).to_string(), "uri", uri)];
    view! {
        <Callout tone=Tone::Warn title=tr!(provisioning.credentials.once_title) alert=true>
            <p>{tr!(provisioning.credentials.once)}</p>
        </Callout>
        <Card>
            <KeyValues>
                {parts.into_iter().chain(secrets).map(|(label, name, value)| view! {
                    <KeyValue name=label.clone()>
                        <span class="cluster"><code class="mono" data-credential=name>{value.clone()}</code><CopyButton text=value what=label/></span>
                    </KeyValue>
                }).collect_view()}
            </KeyValues>
        </Card>
    }
}

#[component]
fn Rotate(shown: RwSignal<InstanceView>, acts: Acts) -> impl IntoView {
    let (id, name) = shown.with_untracked(|service| (service.id.to_string(), service.name.clone()));
    view! {
        // No paragraph: a dialog ends one, and the browser would build another page than the server wrote.
        <div>
            <Confirm id=ROTATE label=tr!(provisioning.actions.rotate) icon=icons::LuRefreshCw
                title=tr!(provisioning.actions.rotate_title, name = name) says=tr!(provisioning.actions.rotate_says)>
                <Form action=acts.rotate quiet=true>
                    <input type="hidden" name="id" value=id/>
                    <SubmitButton kind=ButtonKind::Danger>{tr!(provisioning.actions.rotate)}</SubmitButton>
                </Form>
            </Confirm>
        </div>
    }
}
