//! Refusals in the reader's words, and where a form leads.

use i18n::tr;
use kernel::FieldError;
use kit::{PageError, request};
use onboarding::{Step, server as steps};
use platform::Cx;

/// A refusal's parts as the page's error. Answers are made outside of any page, so the reader's language is found anew.
pub fn told(code: &str, message: String, complaints: &[FieldError]) -> PageError {
    i18n::read_in(request::language());
    let message = sentence(code).map_or(message, str::to_owned);
    request::refusal(code, message, complaints.iter().cloned().map(in_words).collect())
}

fn sentence(code: &str) -> Option<&'static str> {
    Some(match code {
        "identity.only_owners" => tr!(identity.refused.only_owners),
        "identity.too_many_invitations" => tr!(identity.refused.too_many_invitations),
        "identity.too_many_attempts" => tr!(onboarding.refused.too_many_mails),
        "identity.no_free_seat" => tr!(identity.refused.no_free_seat),
        "billing.plan_not_found" | "billing.not_sold" => tr!(onboarding.refused.not_sold),
        "billing.below_use" => tr!(onboarding.refused.below_use),
        "billing.restricted" => tr!(onboarding.refused.restricted),
        "billing.subscription_cancelled" => tr!(onboarding.refused.cancelled),
        "onboarding.not_skippable" => tr!(onboarding.refused.not_skippable),
        _ => return None,
    })
}

fn in_words(complaint: FieldError) -> FieldError {
    let field = complaint.field.trim_start_matches('/');
    let words = match (complaint.code.as_str(), field) {
        ("required", "slug") => tr!(identity.wrong.slug_required),
        ("required", "email") => tr!(onboarding.wrong.email),
        ("required", "name") => tr!(identity.wrong.name),
        ("required", "country") => tr!(onboarding.wrong.country),
        ("required", "street") => tr!(onboarding.wrong.street),
        ("required", "city") => tr!(onboarding.wrong.city),
        ("email", _) => tr!(identity.wrong.email_shape),
        ("member", _) => tr!(identity.wrong.member_already),
        ("taken", "slug") => tr!(identity.wrong.slug_taken),
        ("slug", _) => tr!(identity.wrong.slug_shape),
        ("reserved", _) => tr!(identity.wrong.slug_reserved),
        ("fixed", _) => tr!(identity.wrong.currency_fixed),
        ("choose", _) => tr!(identity.wrong.choose),
        ("characters", _) => tr!(identity.wrong.characters),
        _ => return complaint,
    };
    // The code leaves the kit's own list, whose words are more general.
    FieldError::new(complaint.field, format!("onboarding.{}", complaint.code), words)
}

/// Where the wizard goes on after something was done: the next open step, which is remembered for other devices.
pub async fn onward(cx: &Cx, done: &str) -> Result<String, PageError> {
    let journey = steps::journey(cx).await.map_err(|refusal| kit::page_error!(refusal))?;
    match journey.next {
        Some(next) => go_to(cx, next, done).await,
        None => Ok(go(&format!("/onboarding?done={done}"))),
    }
}

/// Leads to one step.
pub async fn go_to(cx: &Cx, step: Step, done: &str) -> Result<String, PageError> {
    steps::visit(cx, step).await.map_err(|refusal| kit::page_error!(refusal))?;
    Ok(go(&format!("/onboarding?step={step}&done={done}")))
}

/// A form without scripting is led there; with scripting the page takes the answer and goes itself.
fn go(path: &str) -> String {
    if request::is_plain_form() {
        leptos_axum::redirect(path);
    }
    path.to_owned()
}
