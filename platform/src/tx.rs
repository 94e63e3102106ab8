//! Transactions by role. Each has private fields and one way in, so no SQL runs without a role, and none on a
//! tenant's rows without that tenant.

use crate::{Cx, Job, audit::{self, Note}, db::GroupRole, fault, held, live};
use kernel::{Fault, Need, TenantId, Timestamp, events::Event};
use serde_json::Value;
use sqlx::{PgConnection, Postgres, Transaction};
use std::{collections::BTreeSet, ops::{Deref, DerefMut}, time::Duration};

/// One tenant's rows. `commit` writes the audit entry and the live changes with everything else.
pub struct TenantTx {
    tx: Transaction<'static, Postgres>,
    cx: Cx,
    tenant: TenantId,
    need: Need,
    note: Option<Note>,
    live: Vec<kernel::live::Live>,
}

impl TenantTx {
    pub(crate) async fn open(cx: &Cx, tenant: TenantId, need: Need) -> Result<Self, Fault> {
        let tx = begin(cx, GroupRole::Tenant(tenant.uuid())).await?;
        Ok(Self { tx, cx: cx.clone(), tenant, need, note: None, live: Vec::new() })
    }

    /// Goes on with a change that was held back; what it owed the audit trail is written.
    pub(crate) fn resume(cx: Cx, (tenant, tx): held::Change) -> Self {
        Self { tx, cx, tenant, need: Need::MEMBER, note: None, live: Vec::new() }
    }

    /// A refused attempt to change something leaves its own entry.
    pub(crate) async fn record_refusal(cx: &Cx, tenant: TenantId, need: Need) -> Result<(), Fault> {
        let mut tx = Self::open(cx, tenant, need).await?;
        tx.note = Some(Note { action: "access.refused", subject: need.name().to_owned(), details: Value::Object(Default::default()), refused: true });
        tx.commit().await
    }

    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    pub fn now(&self) -> Timestamp {
        self.cx.now()
    }

    /// What the audit trail says of this transaction: `billing.subscription.cancelled`, the subject's id, and what
    /// changed. Exactly one entry a transaction: a second call replaces the first.
    pub fn audit(&mut self, action: &'static str, subject: impl ToString, details: Value) {
        self.note = Some(Note { action, subject: subject.to_string(), details, refused: false });
    }

    /// The same for an attempt that the rules refused; commit to keep it.
    pub fn audit_refused(&mut self, action: &'static str, subject: impl ToString, details: Value) {
        self.note = Some(Note { action, subject: subject.to_string(), details, refused: true });
    }

    /// Tells open pages, once this is committed.
    pub fn show(&mut self, what: kernel::live::Live) {
        self.live.push(what);
    }

    /// Tells the other areas, once this is committed.
    pub async fn announce(&mut self, event: &Event) -> Result<(), Fault> {
        let payload = serde_json::to_value(event).expect("events serialise");
        add_job(&mut self.tx, "event", &payload, None, Duration::ZERO).await
    }

    /// Queues a job of this tenant; with a key it is one job however often it is asked for.
    pub async fn enqueue<J: Job>(&mut self, job: &J, key: Option<&str>, delay: Duration) -> Result<(), Fault> {
        let payload = serde_json::to_value(job).expect("jobs serialise");
        add_job(&mut self.tx, J::NAME, &payload, key, delay).await
    }

    /// Commits with audit entry and live changes. A change that owes an audit entry and has none is a fault.
    pub async fn commit(self) -> Result<(), Fault> {
        if self.need.writes() && self.note.is_none() {
            return Err(Fault::new(format!("a change under {:?} was about to be committed without its audit entry", self.need)));
        }
        self.finish().await
    }

    /// Commits facts that are their own record, such as samples and usage events; `_why` says so at the call.
    pub async fn commit_unaudited(self, _why: &'static str) -> Result<(), Fault> {
        self.finish().await
    }

    async fn finish(mut self) -> Result<(), Fault> {
        let notify = audit::seal(&mut self.tx, &self.cx, self.tenant, self.note.take(), std::mem::take(&mut self.live)).await?;
        if let Some(seq) = notify {
            live::notify(&mut self.tx, self.tenant, seq).await?;
        }
        match self.cx.held() {
            Some(held) => {
                held.put((self.tenant, self.tx));
                Ok(())
            }
            None => self.tx.commit().await.map_err(fault),
        }
    }
}

/// Begins a transaction; a change that the request held back is committed first, so that it never waits for itself.
async fn begin(cx: &Cx, role: GroupRole) -> Result<Transaction<'static, Postgres>, Fault> {
    if let Some(held) = cx.held() {
        held.release().await?;
    }
    cx.platform().db.begin(role).await
}

/// Identity's tables before a tenant is known.
pub struct DoorTx {
    tx: Transaction<'static, Postgres>,
    cx: Cx,
}

impl DoorTx {
    pub(crate) async fn open(cx: &Cx) -> Result<Self, Fault> {
        Ok(Self { tx: begin(cx, GroupRole::Door).await?, cx: cx.clone() })
    }

    pub fn now(&self) -> Timestamp {
        self.cx.now()
    }

    /// Writes the audit entry into the chain of the organisation that it concerns.
    pub async fn audit(&mut self, tenant: TenantId, action: &'static str, subject: impl ToString, details: Value) -> Result<(), Fault> {
        let note = Note { action, subject: subject.to_string(), details, refused: false };
        audit::seal(&mut self.tx, &self.cx, tenant, Some(note), Vec::new()).await.map(drop)
    }

    /// The same for an attempt that was refused.
    pub async fn audit_refused(&mut self, tenant: TenantId, action: &'static str, subject: impl ToString, details: Value) -> Result<(), Fault> {
        let note = Note { action, subject: subject.to_string(), details, refused: true };
        audit::seal(&mut self.tx, &self.cx, tenant, Some(note), Vec::new()).await.map(drop)
    }

    pub async fn announce(&mut self, event: &Event) -> Result<(), Fault> {
        let payload = serde_json::to_value(event).expect("events serialise");
        add_job(&mut self.tx, "event", &payload, None, Duration::ZERO).await
    }

    pub async fn enqueue<J: Job>(&mut self, job: &J, key: Option<&str>, delay: Duration) -> Result<(), Fault> {
        let payload = serde_json::to_value(job).expect("jobs serialise");
        add_job(&mut self.tx, J::NAME, &payload, key, delay).await
    }

    pub async fn commit(self) -> Result<(), Fault> {
        self.tx.commit().await.map_err(fault)
    }
}

/// The provider's staff across organisations.
pub struct ProviderTx {
    tx: Transaction<'static, Postgres>,
    cx: Cx,
}

impl ProviderTx {
    pub(crate) async fn open(cx: &Cx) -> Result<Self, Fault> {
        Ok(Self { tx: begin(cx, GroupRole::Provider).await?, cx: cx.clone() })
    }

    pub fn now(&self) -> Timestamp {
        self.cx.now()
    }

    pub async fn enqueue<J: Job>(&mut self, job: &J, key: Option<&str>, delay: Duration) -> Result<(), Fault> {
        let payload = serde_json::to_value(job).expect("jobs serialise");
        add_job(&mut self.tx, J::NAME, &payload, key, delay).await
    }

    pub async fn commit(self) -> Result<(), Fault> {
        self.tx.commit().await.map_err(fault)
    }

    /// Commits a change of the provider's own things (the catalog) with its entry in the provider's chain.
    pub async fn commit_audited(mut self, provider: TenantId, action: &'static str, subject: impl ToString, details: Value) -> Result<(), Fault> {
        let note = Note { action, subject: subject.to_string(), details, refused: false };
        audit::seal(&mut self.tx, &self.cx, provider, Some(note), Vec::new()).await?;
        self.tx.commit().await.map_err(fault)
    }
}

/// The platform itself: due work across organisations.
pub struct SystemTx {
    tx: Transaction<'static, Postgres>,
    cx: Cx,
}

impl SystemTx {
    pub(crate) async fn open(cx: &Cx) -> Result<Self, Fault> {
        Ok(Self { tx: begin(cx, GroupRole::System).await?, cx: cx.clone() })
    }

    pub fn now(&self) -> Timestamp {
        self.cx.now()
    }

    pub async fn enqueue<J: Job>(&mut self, job: &J, key: Option<&str>, delay: Duration) -> Result<(), Fault> {
        let payload = serde_json::to_value(job).expect("jobs serialise");
        add_job(&mut self.tx, J::NAME, &payload, key, delay).await
    }

    /// Which of these keys have a job that is ready and only waits for its turn: queued again it would go behind all others.
    pub async fn in_line(&mut self, keys: &[&str]) -> Result<BTreeSet<String>, Fault> {
        let found: Vec<String> = sqlx::query_scalar("SELECT hub.jobs_in_line($1)").bind(keys).fetch_all(&mut *self.tx).await.map_err(fault)?;
        Ok(found.into_iter().collect())
    }

    pub async fn commit(self) -> Result<(), Fault> {
        self.tx.commit().await.map_err(fault)
    }
}

/// SQL functions of the stores run on the connection inside: `query.fetch_one(&mut **tx)`.
macro_rules! runs_sql {
    ($($name:ident),+) => {$(
        impl Deref for $name {
            type Target = PgConnection;

            fn deref(&self) -> &PgConnection {
                &self.tx
            }
        }

        impl DerefMut for $name {
            fn deref_mut(&mut self) -> &mut PgConnection {
                &mut self.tx
            }
        }
    )+};
}

runs_sql!(TenantTx, DoorTx, ProviderTx, SystemTx);

async fn add_job(connection: &mut PgConnection, name: &str, payload: &Value, key: Option<&str>, delay: Duration) -> Result<(), Fault> {
    sqlx::query("SELECT hub.add_job($1, $2, $3, make_interval(secs => $4))")
        .bind(name)
        .bind(payload)
        .bind(key)
        .bind(delay.as_secs_f64())
        .execute(connection)
        .await
        .map_err(fault)?;
    Ok(())
}
