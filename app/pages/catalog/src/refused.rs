//! Refusals of the catalog, of orders and of price previews in the reader's words.

use crate::calls::EVENTS;
use billing::server::BillingError;
use catalog::server::CatalogError;
use i18n::tr;
use kernel::{FieldError, Language};
use kit::PageError;
use provisioning::server::OrderError;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Answers are made outside of any page, so the language of the page that asks is found anew.
pub fn speak() {
    i18n::read_in(kit::request::language());
}

pub fn unknown_offering() -> PageError {
    editing(CatalogError::NotFound)
}

pub fn editing(error: CatalogError) -> PageError {
    speak();
    let code = error.code();
    let words = match code.strip_prefix("catalog.").unwrap_or_default() {
        "offering_not_found" => tr!(catalog.refused.offering_not_found),
        "no_draft" => tr!(catalog.refused.no_draft),
        "draft_has_errors" => tr!(catalog.refused.draft_has_errors),
        "archived" => tr!(catalog.refused.archived),
        "nothing_published" => tr!(catalog.refused.nothing_published),
        "slug_taken" => tr!(catalog.refused.slug_taken),
        _ => return kit::request::refusal(code, error.to_string(), error.fields()),
    };
    // What is wrong with a draft stands on its page already.
    let fields = if code == "catalog.draft_has_errors" { Vec::new() } else { error.fields() };
    kit::request::refusal(code, words.to_string(), fields)
}

pub fn order(error: OrderError) -> PageError {
    speak();
    let code = error.code();
    let words = match &error {
        OrderError::NoSuchPlan => tr!(provisioning.refused.no_such_plan).to_string(),
        OrderError::Conflict => tr!(provisioning.refused.order_conflict).to_string(),
        OrderError::LimitReached { limit } => tr!(provisioning.refused.limit_reached, limit = limit).to_string(),
        OrderError::Restricted => tr!(catalog.refused.restricted).to_string(),
        OrderError::NotSold => tr!(catalog.refused.not_sold).to_string(),
        OrderError::Fields(_) | OrderError::Denied(_) | OrderError::Fault(_) => error.to_string(),
    };
    kit::request::refusal(code, words, error.fields().iter().map(of_form).collect())
}

pub fn quote(error: BillingError) -> PageError {
    speak();
    let code = error.code();
    let words = match code {
        "billing.not_sold" => tr!(catalog.refused.not_sold).to_string(),
        "billing.plan_not_found" => tr!(catalog.refused.plan_not_found).to_string(),
        _ => error.to_string(),
    };
    kit::request::refusal(code, words, error.fields().to_vec())
}

/// Typed quantities as numbers, and in how many events they come; empty ones are left out.
pub fn expected(typed: &BTreeMap<String, String>) -> Result<(BTreeMap<String, Decimal>, BTreeMap<String, u64>), PageError> {
    let (mut usage, mut events) = (BTreeMap::new(), BTreeMap::new());
    for (name, text) in typed {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        match name.strip_suffix(EVENTS) {
            Some(meter) => match number(name, text)? {
                0 => {}
                number => drop(events.insert(meter.to_owned(), number)),
            },
            None => drop(usage.insert(name.clone(), number(name, text)?)),
        }
    }
    Ok((usage, events))
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, PageError> {
    text.parse().map_err(|_| {
        speak();
        PageError::field(format!("/usage/{name}"), "number", tr!(catalog.wrong.number))
    })
}

/// A complaint about the field of the form that it stands in, in the reader's words where the kit has none.
fn of_form(complaint: &FieldError) -> FieldError {
    let field = format!("/form/{}", complaint.field.trim_start_matches('/'));
    let words = match complaint.code.as_str() {
        "invalid" => tr!(provisioning.field.invalid),
        "web_address" => tr!(provisioning.field.web_address),
        "host_port" => tr!(provisioning.field.host_port),
        _ => return FieldError { field, ..complaint.clone() },
    };
    // English messages of the area say more: "One of ..".
    let english = i18n::language() == Language::En && !complaint.message.is_empty();
    FieldError { field, code: complaint.code.clone(), message: if english { complaint.message.clone() } else { words.to_string() } }
}
