//! Confirming an address behind the link of a mail. Opening the link changes nothing: mail scanners open links too.

use super::{Ending, calls::{ResendVerification, VerifyEmail}};
use crate::outcome::{ActionTrouble, ShortForm, error_of, query_value};
use kit::prelude::*;
use leptos::prelude::*;

#[derive(Clone)]
pub struct VerifyEmailPage {
    verify: ServerAction<VerifyEmail>,
}

impl PageRoute for VerifyEmailPage {
    fn data() -> Self {
        Self { verify: ServerAction::new() }
    }

    fn view(this: Self) -> AnyView {
        let done = query_value("done") == "verified";
        let answer = this.verify.value();
        let verified = Memo::new(move |_| done || answer.with(|answer| matches!(answer, Some(Ok(())))));
        let refused = Memo::new(move |_| answer.with(|answer| matches!(answer, Some(Err(_)))));
        view! {
            <PageHeader title=tr!(identity.verify.title) lead=tr!(identity.verify.lead)/>
            <div class="stack" aria-live="polite">
                {move || if verified.get() { view! { <Verified/> }.into_any() } else { view! { <ConfirmAddress action=this.verify/> }.into_any() }}
                {move || refused.get().then(|| view! { <SendAgain/> })}
            </div>
        }
        .into_any()
    }
}

#[component]
fn ConfirmAddress(action: ServerAction<VerifyEmail>) -> impl IntoView {
    view! {
        <ShortForm action=action>
            <input type="hidden" name="token" value=query_value("token")/>
            <SubmitButton class="btn-lg w-full" icon=icons::LuMailCheck>{tr!(identity.verify.submit)}</SubmitButton>
        </ShortForm>
    }
}

#[component]
fn Verified() -> impl IntoView {
    view! {
        <Ending icon=icons::LuCircleCheck says=tr!(identity.verify.done)>
            <LinkButton href="/services" kind=ButtonKind::Primary external=true>{tr!(identity.go_on)}</LinkButton>
        </Ending>
    }
}

/// A new link, for those who are signed in.
#[component]
pub fn SendAgain() -> impl IntoView {
    let resend = ServerAction::<ResendVerification>::new();
    let answer = resend.value();
    let sent = move || answer.with(|answer| matches!(answer, Some(Ok(()))));
    view! {
        <ActionTrouble error=error_of(resend)/>
        {move || if sent() {
            view! { <Callout tone=Tone::Good alert=true>{tr!(identity.verify.sent)}</Callout> }.into_any()
        } else {
            view! { <Form action=resend quiet=true><div class="form-actions"><SubmitButton kind=ButtonKind::Plain>{tr!(identity.verify.resend)}</SubmitButton></div></Form> }.into_any()
        }}
    }
}
