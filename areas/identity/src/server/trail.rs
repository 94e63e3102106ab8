//! Entries of the audit trail that are about a person and no organisation in particular. They stand in the chain of the
//! person's first organisation by name; people without one leave none.

use crate::server::store;
use kernel::{Fault, PersonId};
use platform::{DoorTx, fault};
use serde_json::{Value, json};

pub async fn note(tx: &mut DoorTx, person: PersonId, action: &'static str) -> Result<(), Fault> {
    let organisations = store::memberships::of_person(tx, person).await.map_err(fault)?;
    match organisations.first() {
        Some(one) => tx.audit(one.id, action, person, json!({})).await,
        None => Ok(()),
    }
}

/// The same for an attempt that was refused.
pub async fn note_refused(tx: &mut DoorTx, person: PersonId, action: &'static str, details: Value) -> Result<(), Fault> {
    let organisations = store::memberships::of_person(tx, person).await.map_err(fault)?;
    match organisations.first() {
        Some(one) => tx.audit_refused(one.id, action, person, details).await,
        None => Ok(()),
    }
}
