//! What a backend must be able to do, and the drivers that this process has.
//!
//! Every verb is idempotent and may be called again after any part of it has happened: a worker that is killed leaves its
//! work to another. Names on the backend follow from the instance alone, so that a repeat finds what the first try made.

use super::rules::{self, ConfigurationRule};
use crate::{
    operation::{Message, OperationKind},
    plan::Difference,
};
use async_trait::async_trait;
use kernel::{InstanceId, PlanId, TenantId};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, sync::Arc};

/// What an instance is to be, as its driver gets it.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub tenant: TenantId,
    pub instance: InstanceId,
    /// What the customer calls it; never part of a name on the backend.
    pub name: String,
    pub plan: PlanId,
    pub limits: BTreeMap<String, i64>,
    pub configuration: Value,
    pub suspended: bool,
    /// It keeps more than its plan allows: it is not to grow by accident.
    pub read_only: bool,
    /// The backend has run it before: what is missing now was lost.
    pub was_ready: bool,
    /// Staff decided to go on with an empty one where data was lost.
    pub allow_empty: bool,
    /// Which of the driver's servers keeps it; empty until it was placed.
    pub server: String,
    /// What the backend checks the password against.
    pub verifier: Option<String>,
}

impl Wanted {
    /// 16 characters of lower-case base32 that stand for this tenant's instance: a client chooses its instance's id, so
    /// the id alone would let one tenant reach another's.
    pub fn short_name(&self) -> String {
        const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        let mut hasher = Sha256::new();
        hasher.update(self.tenant.uuid().as_bytes());
        hasher.update(self.instance.uuid().as_bytes());
        let hash = hasher.finalize();
        let mut bits = [0_u8; 16];
        bits[6..].copy_from_slice(&hash[..10]);
        let bits = u128::from_be_bytes(bits);
        (0..16).rev().map(|group| ALPHABET[((bits >> (group * 5)) & 31) as usize] as char).collect()
    }

    /// A limit of the plan; `None` where there is none.
    pub fn limit(&self, name: &str) -> Option<i64> {
        self.limits.get(name).copied().filter(|limit| *limit >= 0)
    }
}

/// What one look at the backend showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// Whether any part of the instance is there.
    pub anything: bool,
    pub differences: Vec<Difference>,
    /// Where its users reach it.
    pub endpoint: BTreeMap<String, String>,
    /// Sessions that are open.
    pub connections: Option<i64>,
}

/// What an instance uses right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    pub storage_bytes: i64,
    pub connections: i64,
}

/// Why a verb did not come to its end. `Message` is for the customer, the text beside it for the staff.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DriverError {
    /// May be gone on the next try.
    #[error("{1}")]
    Transient(Message, String),
    /// Trying again changes nothing.
    #[error("{1}")]
    Permanent(Message, String),
    /// Another worker has the operation now, or its progress cannot be written down: stop at once.
    #[error("the operation was taken over")]
    Stopped,
}

impl DriverError {
    pub fn transient(code: &str, detail: impl ToString) -> Self {
        Self::Transient(Message::new(code), detail.to_string())
    }

    pub fn permanent(code: &str, detail: impl ToString) -> Self {
        Self::Permanent(Message::new(code), detail.to_string())
    }
}

/// Where a driver tells how far it is. Every call renews the worker's hold of the operation.
#[async_trait]
pub trait Reporter: Send + Sync {
    /// The named step begins; those before it are done.
    async fn step(&self, name: &str) -> Result<(), DriverError>;
    /// A line for the log; `detail` is for the staff.
    async fn note(&self, message: Message, detail: Option<String>) -> Result<(), DriverError>;
}

/// A kind of backend.
#[async_trait]
pub trait Driver: Send + Sync {
    /// As plans name it.
    fn name(&self) -> &'static str;

    /// Whether its instances have a user and a password.
    fn has_credentials(&self) -> bool;

    /// What it asks of a configuration besides the plan's schema; told to the customer before the order is taken.
    fn configuration_rule(&self) -> Option<ConfigurationRule> {
        None
    }

    /// The steps that `drive` will announce, for the progress of an operation that has not begun.
    fn steps(&self, kind: OperationKind) -> &'static [&'static str];

    /// Names of the servers that could take a new instance of this configuration, in the order of the settings; those
    /// that do not answer are left out where others do. Never none.
    async fn servers(&self, configuration: &Value) -> Result<Vec<String>, DriverError>;

    /// Looks and changes nothing.
    async fn observe(&self, wanted: &Wanted) -> Result<Look, DriverError>;
    async fn create(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError>;
    /// Another configuration or another plan.
    async fn update(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError>;
    /// Out of use, everything kept.
    async fn suspend(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError>;
    async fn resume(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError>;
    /// `wanted.verifier` is the new one.
    async fn rotate(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError>;
    /// Removes every part that is there. Nothing there is success.
    async fn delete(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError>;
    /// Sets right everything that can be without hiding that data was lost.
    async fn repair(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError>;
    /// `None`: this kind of service is not measured here.
    async fn measure(&self, wanted: &Wanted) -> Result<Option<Measured>, DriverError>;
}

/// The drivers of this process, by name.
#[derive(Clone, Default)]
pub struct Drivers {
    by_name: BTreeMap<&'static str, Arc<dyn Driver>>,
}

impl Drivers {
    /// From now on orders are held to these drivers' rules.
    pub fn new(drivers: impl IntoIterator<Item = Arc<dyn Driver>>) -> Self {
        let by_name: BTreeMap<&'static str, Arc<dyn Driver>> = drivers.into_iter().map(|driver| (driver.name(), driver)).collect();
        for (name, driver) in &by_name {
            if let Some(rule) = driver.configuration_rule() {
                rules::learn(*name, rule);
            }
        }
        Self { by_name }
    }

    pub fn find(&self, name: &str) -> Option<&Arc<dyn Driver>> {
        self.by_name.get(name)
    }

    /// A driver that this process lacks may be in another copy, so it is worth another try.
    pub fn get(&self, name: &str) -> Result<&Arc<dyn Driver>, DriverError> {
        self.find(name).ok_or_else(|| DriverError::transient("provisioning.error.no_driver", format!("this process has no driver `{name}`")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn names_differ_by_tenant_and_by_instance() {
        let wanted = |tenant: u128, instance: u128| Wanted {
            tenant: TenantId::from_uuid(Uuid::from_u128(tenant)),
            instance: InstanceId::from_uuid(Uuid::from_u128(instance)),
            name: String::new(),
            plan: PlanId::from_uuid(Uuid::nil()),
            limits: BTreeMap::new(),
            configuration: Value::Null,
            suspended: false,
            read_only: false,
            was_ready: false,
            allow_empty: false,
            server: String::new(),
            verifier: None,
        };
        let name = wanted(1, 1).short_name();
        assert_eq!(name.len(), 16);
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
        assert_eq!(name, wanted(1, 1).short_name());
        assert_ne!(name, wanted(2, 1).short_name());
        assert_ne!(name, wanted(1, 2).short_name());
    }
}
