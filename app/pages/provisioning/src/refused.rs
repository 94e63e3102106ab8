//! Refusals of provisioning in the reader's words.

use crate::words;
use i18n::tr;
use kernel::FieldError;
use kit::PageError;
use provisioning::server::{ChangeError, ReadError, RevealError};

/// Answers are made outside of any page, so the language of the page that asks is found anew.
pub fn speak() {
    i18n::read_in(kit::request::language());
}

pub fn read(error: ReadError) -> PageError {
    speak();
    let code = error.code();
    kit::request::refusal(code, sentence(code).unwrap_or_else(|| error.to_string()), Vec::new())
}

pub fn reveal(error: RevealError) -> PageError {
    speak();
    let code = error.code();
    kit::request::refusal(code, sentence(code).unwrap_or_else(|| error.to_string()), Vec::new())
}

pub fn change(error: ChangeError) -> PageError {
    speak();
    let code = error.code();
    let words = match &error {
        ChangeError::BelowUse { meter, used, limit } => tr!(
            provisioning.refused.below_use,
            meter = words::meter(meter),
            used = words::measured(meter, *used),
            limit = words::measured(meter, *limit)
        )
        .to_string(),
        ChangeError::Restricted => tr!(provisioning.refused.restricted).to_string(),
        ChangeError::NotSold => tr!(provisioning.refused.not_sold).to_string(),
        ChangeError::LimitReached { limit } => tr!(provisioning.refused.limit_reached, limit = limit).to_string(),
        _ => sentence(code).unwrap_or_else(|| error.to_string()),
    };
    kit::request::refusal(code, words, fields(error.fields()))
}

fn sentence(code: &str) -> Option<String> {
    let words = match code.strip_prefix("provisioning.")? {
        "busy" => tr!(provisioning.refused.busy),
        "wrong_state" => tr!(provisioning.refused.wrong_state),
        "held_by_customer" => tr!(provisioning.refused.held_by_customer),
        "held_for_debt" => tr!(provisioning.refused.held_for_debt),
        "held_by_staff" => tr!(provisioning.refused.held_by_staff),
        "stale" => tr!(provisioning.refused.stale),
        "no_such_plan" => tr!(provisioning.refused.no_such_plan),
        "other_service" => tr!(provisioning.refused.other_service),
        "cancelled" => tr!(provisioning.refused.cancelled),
        "no_credentials" => tr!(provisioning.refused.no_credentials),
        "already_shown" => tr!(provisioning.refused.already_shown),
        "not_retryable" => tr!(provisioning.refused.not_retryable),
        "bad_cursor" => tr!(provisioning.refused.bad_cursor),
        _ => return None,
    };
    Some(words.to_string())
}

/// The same complaints, each about the field of the form that it stands in, in the reader's words where the kit has none.
fn fields(complaints: &[FieldError]) -> Vec<FieldError> {
    complaints
        .iter()
        .map(|complaint| {
            let field = format!("/form/{}", complaint.field.trim_start_matches('/'));
            let words = match complaint.code.as_str() {
                "invalid" => tr!(provisioning.field.invalid),
                "web_address" => tr!(provisioning.field.web_address),
                "host_port" => tr!(provisioning.field.host_port),
                _ => return FieldError { field, ..complaint.clone() },
            };
            // English messages of the area say more: "One of ..".
            let english = i18n::language() == kernel::Language::En && !complaint.message.is_empty();
            FieldError { field, code: complaint.code.clone(), message: if english { complaint.message.clone() } else { words.to_string() } }
        })
        .collect()
}
