//! The staff's own way in.

use super::calls::SignInStaff;
use crate::{
    door::next,
    outcome::{DoneNote, ShortForm, leave_on_success},
};
use kit::prelude::*;
use leptos::prelude::*;

#[derive(Clone)]
pub struct ProviderSignInPage {
    sign_in: ServerAction<SignInStaff>,
}

impl PageRoute for ProviderSignInPage {
    fn data() -> Self {
        Self { sign_in: ServerAction::new() }
    }

    fn view(this: Self) -> AnyView {
        #[cfg(feature = "ssr")]
        crate::door::go_on(identity::session::Realm::Staff);
        leave_on_success(this.sign_in);
        view! {
            <div class="stack" data-realm="provider">
                <p class="realm-mark self-start"><Icon icon=icons::LuShieldCheck/>{tr!(kit.provider_area)}</p>
                <PageHeader title=tr!(identity.staff_sign_in.title) lead=tr!(identity.staff_sign_in.lead)/>
                <DoneNote words=done/>
                <ShortForm action=this.sign_in>
                    <input type="hidden" name="form[next]" value=next()/>
                    <TextField name="form[email]" label=tr!(common.email) kind="email" required=true autocomplete="email" max_length=254 autofocus=true/>
                    <PasswordField name="form[password]" label=tr!(common.password)/>
                    <SubmitButton class="btn-lg w-full">{tr!(kit.sign_in)}</SubmitButton>
                    <p class="text-center text-[0.8125rem]"><a class="prose-link" href="/forgot-password">{tr!(identity.sign_in.forgot)}</a></p>
                </ShortForm>
                <p class="muted text-center text-[0.8125rem]">
                    {tr!(identity.staff_sign_in.not_staff)} " " <a class="prose-link" href="/sign-in">{tr!(identity.staff_sign_in.tenants_door)}</a>
                </p>
            </div>
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
