//! What the provider's first page answers.

use compliance::view::ProcessView;
use identity::view::TenantRow;
use kernel::{Money, Page};
use provisioning::view::{InstanceCounts, OperationView};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything of the page, read at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    pub tenants: Count,
    pub with_tier: usize,
    /// The newest first.
    pub newest: Vec<TenantRow>,
    pub services: InstanceCounts,
    pub failed_operations: Count,
    pub running_operations: Count,
    pub latest: Vec<OperationView>,
    /// Names of the organisations of those operations, by their printed ids.
    pub names: BTreeMap<String, String>,
    pub open_invoices: Count,
    /// What open invoices still bring in, one for each currency.
    pub to_come: Vec<Money>,
    pub overdue_invoices: Count,
    pub processes: Vec<ProcessView>,
}

/// How many there are, as far as one page of a list tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    pub seen: usize,
    pub more: bool,
}

impl Count {
    pub fn of<T>(page: &Page<T>) -> Self {
        Self { seen: page.rows.len(), more: page.next.is_some() }
    }

    pub fn and(self, other: Self) -> Self {
        Self { seen: self.seen + other.seen, more: self.more || other.more }
    }
}

impl Overview {
    pub fn drifting(&self) -> bool {
        self.services.drifting > 0
    }

    pub fn calm(&self) -> bool {
        self.failed_operations.seen == 0 && self.overdue_invoices.seen == 0 && !self.drifting()
    }

    /// Services in any of these states.
    pub fn in_states(&self, codes: &[&str]) -> i64 {
        codes.iter().filter_map(|code| self.services.by_state.get(*code)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_say_when_there_are_more() {
        let first = Count::of(&Page { rows: vec![1, 2], next: Some("x".to_owned()) });
        let second = Count::of(&Page { rows: vec![3], next: None });
        assert_eq!(first.and(second), Count { seen: 3, more: true });
    }
}
