//! What reaches open pages within a second of the commit that made it true.

use crate::{CheckId, InstanceId, InvoiceId, OperationId, TenantId, Timestamp};
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
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Live {
    Instance { id: InstanceId, state: String },
    Operation { id: OperationId, instance: InstanceId, state: String, percent: i16, message: String },
    Check { id: CheckId, instance: InstanceId, status: String, response_ms: Option<i32> },
    Usage { instance: InstanceId, meter: String, value: String },
    Invoice { id: InvoiceId, state: String },
}

/// What the server sends over the socket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LiveMessage {
    /// First message: changes of this organisation after this number follow.
    Hello { tenant: TenantId, seq: i64 },
    Change(LiveChange),
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
    /// The session works in another organisation now, or its person left this one.
    Moved,
    ServerStops,
}
