//! What pages and the REST interface show of the audit trail.

use kernel::{TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One entry, with names where they are known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryView {
    pub tenant: TenantId,
    /// The organisation's name; for the provider's staff only.
    pub tenant_name: Option<String>,
    /// Gapless within the organisation, from 1.
    pub seq: i64,
    pub at: Timestamp,
    /// `person`, `key`, `staff`, `system` or `nobody`.
    pub actor_kind: String,
    pub actor_id: String,
    /// The person's name, where the reader may know it. A key's is filled in by the page, which may ask the area of keys.
    pub actor_name: Option<String>,
    pub action: String,
    pub subject: String,
    pub details: Value,
    pub refused: bool,
    pub trace_id: String,
    /// SHA-256 in hexadecimal.
    pub hash: String,
}

/// The outcome of going through a whole chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// Entries that were gone through.
    pub entries: i64,
    /// The last entry's hash in hexadecimal, as far as the chain holds.
    pub head: String,
    /// The first number at which the chain does not hold: changed, missing, or cut off at the end.
    pub broken_at: Option<i64>,
}

/// One copy of the program that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct ProcessView {
    /// `web`, `worker`, `scheduler`, `reconciler`, `prober`.
    pub roles: Vec<String>,
    /// Where its web role listens.
    pub address: String,
    pub version: String,
    /// Both in real time, also where the business clock is a simulated one.
    pub started_at: Timestamp,
    pub seen_at: Timestamp,
}
