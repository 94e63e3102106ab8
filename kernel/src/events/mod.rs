//! What areas tell each other: announced in the transaction of the change, heard by the listeners that
//! `server/src/roles/worker.rs` names.

use crate::{InstanceId, InvoiceId, OperationId, PersonId, PlanId, SubscriptionId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

pub mod billing;
pub mod identity;
pub mod provisioning;

/// Any area's event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "area", rename_all = "snake_case")]
pub enum Event {
    Identity(identity::Event),
    Provisioning(provisioning::Event),
    Billing(billing::Event),
    Metered(Metered),
}

/// One measured fact on its way to billing: identity is (tenant, source, id), so that a repeat counts once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metered {
    pub tenant: TenantId,
    pub instance: InstanceId,
    /// Which part of the platform measured: `provisioning/postgresql`, `monitoring/prober`.
    pub source: String,
    /// Unique within the source: `ins_.../storage/2026-01-31T09:00:00Z`.
    pub id: String,
    /// The meter's name as plans price it: `storage_gb_hours`, `connection_peak`, `checks_run`.
    pub meter: String,
    /// Decimal quantity in the meter's unit.
    pub value: String,
    pub at: Timestamp,
}
