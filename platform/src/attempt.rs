//! A refused attempt to change something leaves its own entry in the audit trail: here, for every use case.
//!
//! Areas offer the use cases that change something through their `server/audited.rs`, which runs each within an
//! `Attempt`. What a use case did is written by itself, in its own transaction. What its rules refused was rolled back,
//! so the entry is a transaction of its own. A missing permission is mostly written by `Cx::demand` already, and then not
//! once more; faults are no refusals, and what the platform itself tries again is nobody's attempt.

use crate::{Actor, Cx, TenantTx};
use kernel::{Fault, Need, TenantId};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::{fmt::Display, future::Future};

/// Why a use case said no. `platform::refusals!` makes it of an area's enum.
pub trait Refusal: Display + From<Fault> {
    /// None of a fault.
    fn refused(&self) -> Option<Because>;
}

/// What said no, with the refusal's stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    Rules(&'static str),
    Permission(&'static str),
}

/// One attempt to change something, named as its entry would be.
#[derive(Debug)]
pub struct Attempt {
    action: &'static str,
    subject: String,
    details: Map<String, Value>,
    tenant: Option<TenantId>,
}

impl Attempt {
    pub fn new(action: &'static str, subject: impl ToString) -> Self {
        Self { action, subject: subject.to_string(), details: Map::new(), tenant: None }
    }

    /// What was wanted; nothing that names a person otherwise than by id.
    pub fn with(mut self, name: &str, wanted: impl Serialize) -> Self {
        self.details.insert(name.to_owned(), serde_json::to_value(wanted).expect("ids, codes and numbers serialise"));
        self
    }

    /// Of staff: the organisation that it was about, whose trail has the entry.
    pub fn on(self, tenant: TenantId) -> Self {
        Self { tenant: Some(tenant), ..self }
    }

    /// Runs the use case; a refusal by its rules is written down before it is answered.
    pub async fn run<T, E: Refusal>(self, cx: &Cx, use_case: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let noted = cx.noted_denials();
        let outcome = use_case.await;
        if let Err(refusal) = &outcome
            && let (Some(because), Some(tenant)) = (refusal.refused(), self.whose(cx))
        {
            match because {
                Because::Permission(_) if cx.noted_denials() > noted => {}
                Because::Permission(code) | Because::Rules(code) => self.write(cx, tenant, code, refusal.to_string()).await?,
            }
        }
        outcome
    }

    /// In whose trail it stands. Only staff act on other organisations than the one where they are.
    fn whose(&self, cx: &Cx) -> Option<TenantId> {
        let own = cx.tenant().ok();
        match cx.actor() {
            Actor::Staff { .. } => self.tenant.or(own),
            Actor::Person { .. } | Actor::Key { .. } => own,
            Actor::Nobody | Actor::System { .. } => None,
        }
    }

    async fn write(mut self, cx: &Cx, tenant: TenantId, code: &'static str, because: String) -> Result<(), Fault> {
        self.details.insert("code".to_owned(), json!(code));
        self.details.insert("because".to_owned(), json!(because));
        let mut tx = TenantTx::open(cx, tenant, Need::MEMBER).await?;
        tx.audit_refused(self.action, self.subject, Value::Object(self.details));
        tx.commit().await
    }
}
