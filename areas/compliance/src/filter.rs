//! Which entries of the audit trail are looked for.

use kernel::{FieldError, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

/// Characters of any text that is looked for.
const MAX_TEXT: usize = 120;

/// As typed or as in an address; empty texts look for everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EntryFilter {
    /// For the provider's staff: one organisation only.
    pub tenant: Option<TenantId>,
    /// A person's or key's id, or a kind: `person`, `key`, `staff`, `system`, `nobody`.
    pub actor: String,
    /// An action or its beginning: `billing.` finds all of billing's.
    pub action: String,
    /// The id of what was acted on.
    pub subject: String,
    /// From then on, RFC 3339 or a date.
    pub from: String,
    /// Until before then.
    pub to: String,
    /// `refused` or `done`; anything else is both.
    pub outcome: String,
}

/// The same, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub tenant: Option<TenantId>,
    pub actor: Option<String>,
    pub action: Option<String>,
    pub subject: Option<String>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    pub refused: Option<bool>,
}

impl EntryFilter {
    pub fn check(&self) -> Result<Filter, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut text = |value: &str, field: &str| match value.trim() {
            "" => None,
            value if value.chars().count() > MAX_TEXT => {
                errors.push(FieldError::new(field, "too_long", "Use at most 120 characters."));
                None
            }
            value => Some(value.to_owned()),
        };
        let (actor, action, subject) = (text(&self.actor, "actor"), text(&self.action, "action"), text(&self.subject, "subject"));
        let mut time = |value: &str, field: &str| match value.trim() {
            "" => None,
            value => {
                let day = || value.parse::<kernel::Date>().ok().map(|date| Timestamp::from_seconds(date.days() * 86_400));
                let time = value.parse().ok().or_else(day);
                if time.is_none() {
                    errors.push(FieldError::new(field, "time", "Use a date like 2026-01-31."));
                }
                time
            }
        };
        let (from, to) = (time(&self.from, "from"), time(&self.to, "to"));
        let refused = match self.outcome.as_str() {
            "refused" => Some(true),
            "done" => Some(false),
            _ => None,
        };
        if errors.is_empty() { Ok(Filter { tenant: self.tenant, actor, action, subject, from, to, refused }) } else { Err(errors) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_dates_and_times_and_says_what_is_wrong() {
        let filter = EntryFilter { from: "2026-01-31".into(), to: "2026-02-01T07:00:00+07:00".into(), outcome: "refused".into(), ..Default::default() };
        let read = filter.check().expect("is right");
        assert_eq!(read.from.map(|time| time.to_string()).as_deref(), Some("2026-01-31T00:00:00Z"));
        assert_eq!(read.to.map(|time| time.to_string()).as_deref(), Some("2026-02-01T00:00:00Z"));
        assert_eq!((read.refused, read.actor), (Some(true), None));
        let wrong = EntryFilter { from: "yesterday".into(), subject: "x".repeat(121), ..Default::default() };
        assert_eq!(wrong.check().expect_err("is wrong").iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["subject", "from"]);
    }
}
