//! Asking for a link to choose a new password.

use super::{Ending, OtherWay, calls::RequestPasswordReset};
use crate::outcome::{ShortForm, query_value};
use kit::prelude::*;
use leptos::prelude::*;

#[derive(Clone)]
pub struct ForgotPasswordPage {
    request: ServerAction<RequestPasswordReset>,
}

impl PageRoute for ForgotPasswordPage {
    fn data() -> Self {
        Self { request: ServerAction::new() }
    }

    fn view(this: Self) -> AnyView {
        let asked = query_value("done") == "sent";
        let answer = this.request.value();
        let sent = Memo::new(move |_| asked || answer.with(|answer| matches!(answer, Some(Ok(())))));
        view! {
            <PageHeader title=tr!(identity.forgot.title) lead=tr!(identity.forgot.lead)/>
            <div aria-live="polite">
                {move || if sent.get() { view! { <Sent/> }.into_any() } else { view! { <Ask action=this.request/> }.into_any() }}
            </div>
            <OtherWay asks=tr!(identity.forgot.remembered) href="/sign-in" label=tr!(kit.sign_in)/>
        }
        .into_any()
    }
}

#[component]
fn Ask(action: ServerAction<RequestPasswordReset>) -> impl IntoView {
    view! {
        <ShortForm action=action>
            <TextField name="email" label=tr!(common.email) kind="email" required=true autocomplete="email" max_length=254 autofocus=true/>
            <SubmitButton class="btn-lg w-full">{tr!(identity.forgot.submit)}</SubmitButton>
        </ShortForm>
    }
}

/// The same whether there is such an account or not.
#[component]
fn Sent() -> impl IntoView {
    view! {
        <Ending icon=icons::LuMailCheck says=tr!(identity.forgot.sent)>
            <LinkButton href="/sign-in" kind=ButtonKind::Primary>{tr!(identity.back_to_sign_in)}</LinkButton>
            <LinkButton href="/forgot-password" external=true>{tr!(identity.forgot.again)}</LinkButton>
        </Ending>
    }
}
