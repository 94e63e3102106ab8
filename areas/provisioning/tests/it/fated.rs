//! The real driver, with something befalling it.

use crate::story::Story;
use async_trait::async_trait;
use provisioning::{
    operation::{Message, OperationKind},
    server::{
        Drivers,
        driver::{Driver, DriverError, Look, Measured, Reporter, Wanted},
    },
};
use serde_json::Value;
use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicUsize, Ordering},
};

/// What befalls the wrapped driver.
pub enum Fate {
    /// Hangs at the report of this number, as a killed process would: nothing after it happens.
    HangsAt(usize),
    /// The last step fails for good.
    Refuses,
    /// Its instances are found to keep so many bytes.
    Keeps(Arc<AtomicI64>),
}

struct Fated {
    inner: Arc<dyn Driver>,
    fate: Fate,
    steps: AtomicUsize,
}

struct Reports<'a> {
    inner: &'a dyn Reporter,
    driver: &'a Fated,
}

#[async_trait]
impl Reporter for Reports<'_> {
    async fn step(&self, name: &str) -> Result<(), DriverError> {
        self.inner.step(name).await?;
        let number = self.driver.steps.fetch_add(1, Ordering::SeqCst) + 1;
        match &self.driver.fate {
            Fate::HangsAt(at) if number >= *at => std::future::pending().await,
            Fate::HangsAt(_) | Fate::Keeps(_) => Ok(()),
            Fate::Refuses if name == "check" => Err(DriverError::permanent("provisioning.error.backend", "refused")),
            Fate::Refuses => Ok(()),
        }
    }

    async fn note(&self, message: Message, detail: Option<String>) -> Result<(), DriverError> {
        self.inner.note(message, detail).await
    }
}

#[async_trait]
impl Driver for Fated {
    fn name(&self) -> &'static str {
        self.inner.name()
    }
    fn has_credentials(&self) -> bool {
        self.inner.has_credentials()
    }
    fn steps(&self, kind: OperationKind) -> &'static [&'static str] {
        self.inner.steps(kind)
    }
    async fn servers(&self, configuration: &Value) -> Result<Vec<String>, DriverError> {
        self.inner.servers(configuration).await
    }
    async fn observe(&self, wanted: &Wanted) -> Result<Look, DriverError> {
        self.inner.observe(wanted).await
    }
    async fn create(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        self.inner.create(wanted, &Reports { inner: report, driver: self }).await
    }
    async fn update(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        self.inner.update(wanted, &Reports { inner: report, driver: self }).await
    }
    async fn suspend(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        self.inner.suspend(wanted, &Reports { inner: report, driver: self }).await
    }
    async fn resume(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        self.inner.resume(wanted, &Reports { inner: report, driver: self }).await
    }
    async fn rotate(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        self.inner.rotate(wanted, &Reports { inner: report, driver: self }).await
    }
    async fn delete(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        self.inner.delete(wanted, report).await
    }
    async fn repair(&self, wanted: &Wanted, report: &dyn Reporter) -> Result<(), DriverError> {
        self.inner.repair(wanted, &Reports { inner: report, driver: self }).await
    }
    async fn measure(&self, wanted: &Wanted) -> Result<Option<Measured>, DriverError> {
        match &self.fate {
            Fate::Keeps(bytes) => Ok(Some(Measured { storage_bytes: bytes.load(Ordering::SeqCst), connections: 0 })),
            Fate::HangsAt(_) | Fate::Refuses => self.inner.measure(wanted).await,
        }
    }
}

/// The story's driver with this fate.
pub fn fated(story: &Story, fate: Fate) -> Drivers {
    let inner = story.drivers.find("postgresql").expect("registered").clone();
    Drivers::new([Arc::new(Fated { inner, fate, steps: AtomicUsize::new(0) }) as Arc<dyn Driver>])
}
