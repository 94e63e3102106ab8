//! Choosing a new password behind the link of a mail.

use super::{Ending, OtherWay, calls::ResetPassword};
use crate::outcome::{ShortForm, query_value};
use kit::prelude::*;
use leptos::prelude::*;

#[derive(Clone)]
pub struct ResetPasswordPage {
    reset: ServerAction<ResetPassword>,
}

impl PageRoute for ResetPasswordPage {
    fn data() -> Self {
        Self { reset: ServerAction::new() }
    }

    fn view(this: Self) -> AnyView {
        let done = query_value("done") == "reset";
        let answer = this.reset.value();
        let changed = Memo::new(move |_| done || answer.with(|answer| matches!(answer, Some(Ok(())))));
        view! {
            <PageHeader title=tr!(identity.reset.title) lead=tr!(identity.reset.lead)/>
            <div aria-live="polite">
                {move || if changed.get() { view! { <Changed/> }.into_any() } else { view! { <Choose action=this.reset/> }.into_any() }}
            </div>
            <OtherWay asks=tr!(identity.reset.expired) href="/forgot-password" label=tr!(identity.reset.new_link)/>
        }
        .into_any()
    }
}

#[component]
fn Choose(action: ServerAction<ResetPassword>) -> impl IntoView {
    view! {
        <ShortForm action=action>
            <input type="hidden" name="token" value=query_value("token")/>
            <PasswordField name="password" label=tr!(identity.new_password) new=true help=tr!(identity.new_password_help)/>
            <SubmitButton class="btn-lg w-full">{tr!(identity.reset.submit)}</SubmitButton>
        </ShortForm>
    }
}

/// Staff choose passwords here too, and sign in at their own door.
#[component]
fn Changed() -> impl IntoView {
    view! {
        <Ending icon=icons::LuCircleCheck says=tr!(identity.reset.done)>
            <LinkButton href="/sign-in" kind=ButtonKind::Primary>{tr!(kit.sign_in)}</LinkButton>
            <LinkButton href="/provider/sign-in">{tr!(identity.staff_sign_in.title)}</LinkButton>
        </Ending>
    }
}
