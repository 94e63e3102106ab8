//! Signing an organisation up.

use super::{AlreadyIn, Guest, OtherWay, calls::SignUp, who_is_in};
use crate::outcome::{ShortForm, leave_on_success};
use kit::{door::inside, prelude::*};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[derive(Clone)]
pub struct SignUpPage {
    sign_up: ServerAction<SignUp>,
    guest: Resource<Option<Guest>>,
}

impl PageRoute for SignUpPage {
    fn data() -> Self {
        Self { sign_up: ServerAction::new(), guest: who_is_in() }
    }

    fn view(this: Self) -> AnyView {
        leave_on_success(this.sign_up);
        view! {
            <PageHeader title=tr!(identity.sign_up.title) lead=tr!(identity.sign_up.lead)/>
            <AlreadyIn guest=this.guest says=tr!(identity.already_in.sign_up)/>
            <ShortForm action=this.sign_up>
                <TextField name="form[organisation_name]" label=tr!(identity.sign_up.organisation) required=true autocomplete="organization" max_length=120 autofocus=inside().is_none()/>
                <TextField name="form[name]" label=tr!(identity.sign_up.name) required=true autocomplete="name" max_length=120/>
                <TextField name="form[email]" label=tr!(identity.sign_up.email) kind="email" required=true autocomplete="email" max_length=254 help=tr!(identity.sign_up.email_help)/>
                <PasswordField name="form[password]" label=tr!(common.password) new=true help=tr!(identity.new_password_help)/>
                <TimeZone/>
                <Looked/>
                <SubmitButton class="btn-lg w-full">{tr!(identity.sign_up.submit)}</SubmitButton>
            </ShortForm>
            <OtherWay asks=tr!(identity.sign_up.have_account) href="/sign-in" label=tr!(kit.sign_in)/>
        }
        .into_any()
    }
}

/// What was looked at on the price list.
#[component]
fn Looked() -> impl IntoView {
    let query = use_query_map();
    ["tier", "interval", "currency"].map(|name| view! { <input type="hidden" name=format!("form[{name}]") value=move || query.read().get(name).unwrap_or_default()/> }).collect_view()
}

/// The browser's own zone, where it tells; the organisation begins with it.
#[component]
fn TimeZone() -> impl IntoView {
    let (zone, set_zone) = signal(String::new());
    Effect::new(move || set_zone.set(browser_zone().unwrap_or_default()));
    view! { <input type="hidden" name="form[time_zone]" value=move || zone.get()/> }
}

fn browser_zone() -> Option<String> {
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    js_sys::Reflect::get(&format.resolved_options(), &"timeZone".into()).ok()?.as_string()
}
