//! Refusals of monitoring as the page's error.

use i18n::tr;
use kernel::FieldError;
use kit::PageError;
use monitoring::server::{MaintenanceError, MonitoringError};

pub fn refused(error: MonitoringError) -> PageError {
    kit::page_error!(error)
}

/// In the reader's words. Answers are made outside of any page, so the language of the page that asks is found anew.
pub fn maintenance_refused(error: MaintenanceError) -> PageError {
    i18n::read_in(kit::request::language());
    let words = match error {
        MaintenanceError::TooMany => tr!(monitoring.refused.too_much_maintenance).to_string(),
        MaintenanceError::Over => tr!(monitoring.refused.maintenance_over).to_string(),
        _ => error.to_string(),
    };
    kit::request::refusal(error.code(), words, error.fields().iter().cloned().map(complaint).collect())
}

/// A complaint in the reader's words, at the field of the form. Its code leaves the kit's own list, whose words are more
/// general.
fn complaint(complaint: FieldError) -> FieldError {
    let (field, words) = match (complaint.field.as_str(), complaint.code.as_str()) {
        ("checks", "unknown") => ("checks/all", tr!(monitoring.wrong.unknown_check)),
        ("checks", _) => ("checks/all", tr!(monitoring.wrong.checks)),
        (field, "required") => (field, tr!(monitoring.wrong.when)),
        (field, "time") => (field, tr!(monitoring.wrong.time)),
        (field, "past") => (field, tr!(monitoring.wrong.past)),
        (field, "too_far") => (field, tr!(monitoring.wrong.too_far)),
        (field, "order") => (field, tr!(monitoring.wrong.order)),
        (field, "longest") => (field, tr!(monitoring.wrong.longest)),
        _ => return complaint,
    };
    FieldError::new(field, format!("monitoring.{}", complaint.code), words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_complaint_about_maintenance_has_words_at_a_field_of_the_form() {
        let told = |field: &str, code: &str| {
            let told = complaint(FieldError::new(field, code, "x"));
            (told.field, told.message)
        };
        assert_eq!(told("checks", "required"), ("checks/all".to_owned(), "Choose at least one check.".to_owned()));
        assert_eq!(told("ends_at", "order"), ("ends_at".to_owned(), "The end must come after the start.".to_owned()));
        for (field, code) in [("starts_at", "required"), ("starts_at", "time"), ("starts_at", "past"), ("starts_at", "too_far"), ("ends_at", "longest"), ("checks", "unknown")] {
            assert_ne!(told(field, code).1, "x", "{field} {code}");
        }
        assert_eq!(told("words", "too_long"), ("words".to_owned(), "x".to_owned()), "the kit has words for it");
    }
}
