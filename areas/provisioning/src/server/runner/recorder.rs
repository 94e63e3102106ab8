//! Writes a driver's progress down, a transaction a step.

use super::{
    super::{
        driver::{DriverError, Reporter},
        store::operations,
    },
    show_operation, writing,
};
use crate::{
    operation::{self, Happened, Message, OperationState},
    view::LogLevel,
};
use async_trait::async_trait;
use kernel::{Fault, OperationId};
use platform::Cx;
use std::time::Duration;
use uuid::Uuid;

/// Writes the driver's progress down, in the lease's hands only.
pub(super) struct Recorder {
    pub cx: Cx,
    pub operation: OperationId,
    pub holder: Uuid,
    pub lease: Duration,
}

impl Recorder {
    /// Renews the lease while the driver works; returns when it is lost.
    pub async fn hold_on(&self) {
        loop {
            tokio::time::sleep(self.lease / 3).await;
            // A database that is away for a moment: the lease says how long that may last.
            if let Ok(false) = self.renew().await {
                return;
            }
        }
    }

    async fn renew(&self) -> Result<bool, Fault> {
        let mut tx = writing(&self.cx).await?;
        let held = operations::renew(&mut tx, self.operation, self.holder, self.lease).await.map_err(platform::fault)?;
        tx.commit_unaudited("a sign of life is no change of the tenant's").await?;
        Ok(held)
    }

    async fn write(&self, step: Option<&str>, line: &Message, detail: Option<&str>) -> Result<bool, Fault> {
        let mut tx = writing(&self.cx).await?;
        let Some(mut operation) = operations::find(&mut tx, self.operation).await.map_err(platform::fault)? else { return Ok(false) };
        if let Some(name) = step {
            if operation.state().after(Happened::Stepped).is_none() {
                return Ok(false);
            }
            operation::enter(&mut operation.steps.0, name);
            operation.percent = operation::percent(&operation.steps);
            if operation.state() == OperationState::Running {
                operation.message.0 = line.clone();
            }
        }
        if !operations::save(&mut tx, &operation, self.holder).await.map_err(platform::fault)?
            || !operations::renew(&mut tx, self.operation, self.holder, self.lease).await.map_err(platform::fault)?
        {
            return Ok(false);
        }
        operations::log(&mut tx, self.operation, LogLevel::Info, line, detail).await.map_err(platform::fault)?;
        if step.is_some() {
            show_operation(&mut tx, &operation);
        }
        tx.commit_unaudited("progress of an audited operation").await?;
        Ok(true)
    }

    async fn write_or_stop(&self, step: Option<&str>, line: &Message, detail: Option<&str>) -> Result<(), DriverError> {
        match self.write(step, line, detail).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(DriverError::Stopped),
            Err(fault) => {
                tracing::warn!(operation.id = %self.operation, "Progress of operation {} was not written down: {fault}", self.operation);
                Err(DriverError::Stopped)
            }
        }
    }
}

#[async_trait]
impl Reporter for Recorder {
    async fn step(&self, name: &str) -> Result<(), DriverError> {
        let line = Message::new(format!("provisioning.step.{name}"));
        self.write_or_stop(Some(name), &line, None).await
    }

    async fn note(&self, message: Message, detail: Option<String>) -> Result<(), DriverError> {
        self.write_or_stop(None, &message, detail.as_deref()).await
    }
}
