//! What reaches open pages within a second of the commit that made it true.
//!
//! Variants are named outside of what they hold: a tag inside would bring serde's buffering of unknown content into the
//! first module that every browser loads.

use crate::{CheckId, InstanceId, InvoiceId, MaintenanceId, Need, OperationId, Permissions, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

/// One change, numbered without gaps per organisation so that a page which reconnects neither misses nor repeats one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LiveChange {
    pub seq: i64,
    pub at: Timestamp,
    pub what: Live,
}

/// What changed. Carries what a page shows of it; everything else is fetched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Live {
    Instance { id: InstanceId, state: String },
    Operation { id: OperationId, instance: InstanceId, state: String, percent: i16, message: String },
    Check { id: CheckId, instance: InstanceId, status: String, response_ms: Option<i32> },
    /// Maintenance was planned, taken back or ended early.
    Maintenance { id: MaintenanceId },
    /// What an instance's backend uses at this moment.
    Measured { instance: InstanceId, storage_bytes: i64, connections: i64 },
    /// What a meter counted so far in the running term.
    Usage { instance: InstanceId, meter: String, value: String },
    Invoice { id: InvoiceId, state: String },
}

impl Live {
    /// What a caller must be permitted to hear of it: the same as to read it on its page.
    pub const fn need(&self) -> Need {
        match self {
            Self::Instance { .. } | Self::Operation { .. } | Self::Check { .. } | Self::Maintenance { .. } | Self::Measured { .. } => Need::SERVICES_READ,
            Self::Usage { .. } => Need::USAGE_READ,
            Self::Invoice { .. } => Need::BILLING_READ,
        }
    }
}

impl LiveChange {
    /// The change as someone with these permissions is told of it.
    pub fn told_to(self, permissions: Permissions) -> ToldChange {
        let may = permissions.allow(self.what.need());
        ToldChange { seq: self.seq, at: self.at, what: may.then_some(self.what) }
    }
}

/// A change as it leaves for one caller's page. Its number always does, so that a page can tell what is not for it from
/// what it missed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToldChange {
    pub seq: i64,
    pub at: Timestamp,
    /// None where the caller may not see what changed.
    pub what: Option<Live>,
}

/// What the server sends over the socket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiveMessage {
    /// First message: changes of this organisation after this number follow.
    Hello { tenant: TenantId, seq: i64 },
    Change(ToldChange),
    /// What was missed is no longer kept: fetch everything again.
    Reset { seq: i64 },
    /// Nothing is new. The page answers with its number, so that either end notices when the other is gone.
    Still,
    /// The connection ends, and why.
    Bye { reason: ByeReason },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByeReason {
    SignedOut,
    /// The session works in another organisation now, or its person left this one or has another role in it.
    Moved,
    ServerStops,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use uuid::Uuid;

    /// One of each; a new variant does not compile before it stands here.
    fn each() -> Vec<Live> {
        let (instance, id) = (InstanceId::from_uuid(Uuid::nil()), Uuid::nil());
        let all = vec![
            Live::Instance { id: instance, state: "running".into() },
            Live::Operation { id: OperationId::from_uuid(id), instance, state: "running".into(), percent: 10, message: "step".into() },
            Live::Check { id: CheckId::from_uuid(id), instance, status: "up".into(), response_ms: Some(12) },
            Live::Maintenance { id: MaintenanceId::from_uuid(id) },
            Live::Measured { instance, storage_bytes: 1, connections: 2 },
            Live::Usage { instance, meter: "checks_run".into(), value: "3".into() },
            Live::Invoice { id: InvoiceId::from_uuid(id), state: "open".into() },
        ];
        for (index, live) in all.iter().enumerate() {
            let place = match live {
                Live::Instance { .. } => 0,
                Live::Operation { .. } => 1,
                Live::Check { .. } => 2,
                Live::Maintenance { .. } => 3,
                Live::Measured { .. } => 4,
                Live::Usage { .. } => 5,
                Live::Invoice { .. } => 6,
            };
            assert_eq!(index, place);
        }
        all
    }

    /// The whole matrix: who adds a change sees here whom it reaches.
    #[test]
    fn a_change_reaches_those_who_may_see_its_page() {
        let mut table = String::new();
        for what in each() {
            let json = serde_json::to_value(&what).expect("serialises");
            let kind = json.as_object().and_then(|named| named.keys().next()).expect("is named").clone();
            let change = LiveChange { seq: 7, at: Timestamp::from_micros(1), what };
            let hears = |role: &Role| change.clone().told_to(role.permissions()).what.is_some();
            let who: Vec<&str> = Role::TENANT.iter().chain(&Role::STAFF).filter(|role| hears(role)).map(|role| role.code()).collect();
            table.push_str(&format!("{kind}: {}\n", who.join(" ")));
        }
        assert_eq!(
            table,
            "instance: owner admin technical billing member\n\
             operation: owner admin technical billing member\n\
             check: owner admin technical billing member\n\
             maintenance: owner admin technical billing member\n\
             measured: owner admin technical billing member\n\
             usage: owner admin technical billing\n\
             invoice: owner admin billing\n"
        );
    }

    #[test]
    fn what_is_withheld_keeps_its_number_and_nothing_else() {
        let what = Live::Invoice { id: InvoiceId::from_uuid(Uuid::from_u128(9)), state: "open".into() };
        let told = LiveChange { seq: 7, at: Timestamp::from_micros(1), what: what.clone() };
        assert_eq!(told.clone().told_to(Role::Member.permissions()), ToldChange { seq: 7, at: Timestamp::from_micros(1), what: None });
        assert_eq!(told.told_to(Role::Billing.permissions()), ToldChange { seq: 7, at: Timestamp::from_micros(1), what: Some(what) });
    }
}
