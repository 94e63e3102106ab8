//! Refusals of billing in the reader's words.

use billing::server::{BillingError, Promise};
use i18n::tr;
use kit::PageError;

/// Answers are made outside of any page, so the language of the page that asks is found anew.
pub fn speak() {
    i18n::read_in(kit::request::language());
}

pub fn because(error: BillingError) -> PageError {
    speak();
    kit::request::refusal(error.code(), sentence(&error), error.fields().to_vec())
}

/// Why, as a sentence.
pub fn sentence(error: &BillingError) -> String {
    if let BillingError::BelowUse { what, used, limit } = error {
        return match what {
            Promise::Seats => tr!(billing.refused.below_seats, used = *used, limit = *limit).to_string(),
            Promise::Instances => tr!(billing.refused.below_instances, used = *used, limit = *limit).to_string(),
        };
    }
    let words = match error.code().strip_prefix("billing.") {
        Some("not_sold") => tr!(billing.refused.not_sold),
        Some("subscription_ended") => tr!(billing.refused.subscription_ended),
        Some("subscription_cancelled") => tr!(billing.refused.subscription_cancelled),
        Some("other_offering") => tr!(billing.refused.other_offering),
        Some("at_service") => tr!(billing.refused.at_service),
        Some("restricted") => tr!(billing.refused.restricted),
        Some("payment_recorded") => tr!(billing.refused.payment_recorded),
        Some("open_changed") => tr!(billing.refused.open_changed),
        Some("other_currency") => tr!(billing.refused.other_currency),
        Some("payment_under_way") => tr!(billing.refused.payment_under_way),
        Some("invoice_paid") => tr!(billing.refused.invoice_paid),
        Some("no_account") => tr!(billing.refused.no_account),
        Some("too_large") => tr!(billing.refused.too_large),
        _ => return error.to_string(),
    };
    words.to_owned()
}
