//! Signing in as a person of a tenant.

use super::{AlreadyIn, Guest, OtherWay, calls::SignIn, next, who_is_in};
use crate::outcome::{DoneNote, ShortForm, leave_on_success};
use kit::prelude::*;
use leptos::prelude::*;

#[derive(Clone)]
pub struct SignInPage {
    sign_in: ServerAction<SignIn>,
    guest: Resource<Option<Guest>>,
}

impl PageRoute for SignInPage {
    fn data() -> Self {
        Self { sign_in: ServerAction::new(), guest: who_is_in() }
    }

    fn view(this: Self) -> AnyView {
        #[cfg(feature = "ssr")]
        super::go_on(identity::session::Realm::Tenant);
        leave_on_success(this.sign_in);
        view! {
            <PageHeader title=tr!(identity.sign_in.title) lead=tr!(identity.sign_in.lead)/>
            <DoneNote words=done/>
            <AlreadyIn guest=this.guest says=tr!(identity.already_in.sign_in)/>
            <ShortForm action=this.sign_in>
                <input type="hidden" name="form[next]" value=next()/>
                <TextField name="form[email]" label=tr!(common.email) kind="email" required=true autocomplete="email" max_length=254 autofocus=true/>
                <PasswordField name="form[password]" label=tr!(common.password)/>
                <SubmitButton class="btn-lg w-full">{tr!(kit.sign_in)}</SubmitButton>
                <p class="text-center text-[0.8125rem]"><a class="prose-link" href="/forgot-password">{tr!(identity.sign_in.forgot)}</a></p>
            </ShortForm>
            <OtherWay asks=tr!(identity.sign_in.no_account) href="/sign-up" label=tr!(identity.sign_in.sign_up)/>
        }
        .into_any()
    }
}

fn done(what: &str) -> Option<&'static str> {
    match what {
        "signed_out" => Some(tr!(identity.done.signed_out)),
        _ => None,
    }
}
