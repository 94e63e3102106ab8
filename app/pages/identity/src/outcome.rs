//! What a page does once an action has been answered, and how it tells.

use i18n::tr;
use kit::{PageError, load::words, prelude::*};
use leptos::{
    prelude::*,
    server_fn::{Http, ServerFn, client::Client, codec::PostUrl, request::ClientReq},
};
use leptos_router::hooks::use_query_map;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsCast;

/// A form whose complaints stand beside its fields only; what is about no field stands above it.
#[component]
pub fn ShortForm<F, O>(action: ServerAction<F>, #[prop(optional, into)] class: String, children: Children) -> impl IntoView
where
    F: DeserializeOwned + ServerFn<Protocol = Http<PostUrl, O>, Error = PageError> + Clone + Send + Sync + 'static,
    <<F::Client as Client<PageError>>::Request as ClientReq<PageError>>::FormData: From<web_sys::FormData>,
    F::Output: Clone + Send + Sync + 'static,
    F::Client: Client<PageError>,
{
    view! {
        <ActionTrouble error=error_of(action)/>
        <Form action=action class=class quiet=true>{children()}</Form>
    }
}

/// Why an action was refused, where that is about no field.
#[component]
pub fn ActionTrouble(error: Signal<Option<PageError>>) -> impl IntoView {
    move || {
        error.get().filter(|error| error.fields().is_empty()).map(|error| {
            let (title, says) = words(&error);
            view! { <Callout tone=Tone::Bad title=title alert=true>{says}</Callout> }
        })
    }
}

/// The refusal that an action was answered with last.
pub fn error_of<F>(action: ServerAction<F>) -> Signal<Option<PageError>>
where
    F: ServerFn<Error = PageError> + Send + Sync + Clone + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    let value = action.value();
    Signal::derive(move || value.with(|value| value.as_ref().and_then(|answer| answer.as_ref().err().cloned())))
}

/// Calls back with each success of an action; not with what was there when the page came.
pub fn on_success<F>(action: ServerAction<F>, then: impl Fn(F::Output) + Send + Sync + 'static)
where
    F: ServerFn<Error = PageError> + Send + Sync + Clone + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    let (version, value) = (action.version(), action.value());
    Effect::new(move |before: Option<usize>| {
        let now = version.get();
        if before.is_some_and(|before| before != now)
            && let Some(Ok(answer)) = value.get_untracked()
        {
            then(answer);
        }
        now
    });
}

/// Leaves for where the answer says, as a whole new page: session, language and theme may be others there.
pub fn leave_on_success<F>(action: ServerAction<F>)
where
    F: ServerFn<Output = String, Error = PageError> + Send + Sync + Clone + 'static,
{
    on_success(action, |path| {
        // A path of ours is always a possible address.
        let _ = window().location().set_href(&path);
    });
}

/// After a success in the open page: fetches anew, says so, and empties the form that sent it.
pub fn settle_on_success<F, T>(action: ServerAction<F>, resource: Resource<Result<T, PageError>>, says: &'static str, form: Option<&'static str>)
where
    F: ServerFn<Error = PageError> + Send + Sync + Clone + 'static,
    F::Output: Clone + Send + Sync + 'static,
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let toasts = use_toasts();
    on_success(action, move |_| {
        resource.refetch();
        toasts.show(ToastKind::Done, says);
        if let Some(id) = form {
            empty_form(id);
        }
    });
}

/// Closes the dialog that sent an action once it is answered, so that what came of it is seen.
pub fn close_dialogs_after<F>(action: ServerAction<F>)
where
    F: ServerFn<Error = PageError> + Send + Sync + Clone + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    let version = action.version();
    Effect::new(move |before: Option<usize>| {
        let now = version.get();
        if before.is_some_and(|before| before != now)
            && let Ok(Some(dialog)) = document().query_selector("dialog[open]")
        {
            kit::dialog::close_dialog(&dialog.id());
        }
        now
    });
}

/// Empties the form inside the element of that id.
fn empty_form(id: &str) {
    let form = document().get_element_by_id(id).and_then(|holder| holder.query_selector("form").ok().flatten());
    if let Some(form) = form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok()) {
        form.reset();
    }
}

/// Says what a form without scripting did: it came back with `?done=<what>`.
#[component]
pub fn DoneNote(words: fn(&str) -> Option<&'static str>) -> impl IntoView {
    let query = use_query_map();
    let done = Memo::new(move |_| query.with(|query| query.get("done")).and_then(|done| words(&done)));
    move || done.get().map(|says| view! { <Callout tone=Tone::Good title=tr!(identity.done.title) alert=true>{says}</Callout> })
}

/// One value of the page's address, as it was when the page came.
pub fn query_value(name: &'static str) -> String {
    use_query_map().with_untracked(|query| query.get(name)).unwrap_or_default()
}
