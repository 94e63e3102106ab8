//! Who asks, for which organisation, with which permissions; and the machinery they ask it of.

use crate::{Clock, Config, Db, Opened, fault, held::Held, http::Http, live::LiveHub, secrets::Secrets, tx::{DoorTx, ProviderTx, SystemTx, TenantTx}};
use kernel::{ApiKeyId, Denied, Fault, Language, Need, Permissions, PersonId, SessionId, TenantId, Timestamp};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use uuid::{ContextV7, Timestamp as UuidTime, Uuid};

/// One per process: what use cases reach the world through.
pub struct Platform {
    pub db: Db,
    pub clock: Clock,
    pub config: Config,
    pub secrets: Secrets,
    pub http: Http,
    pub live: LiveHub,
    ids: std::sync::Mutex<ContextV7>,
}

impl Platform {
    pub fn new(db: Db, clock: Clock, config: Config, secrets: Secrets, http: Http, live: LiveHub) -> Arc<Self> {
        Arc::new(Self { db, clock, config, secrets, http, live, ids: std::sync::Mutex::new(ContextV7::new()) })
    }

    /// A UUIDv7 of the clock's now, ascending within the process.
    pub fn new_uuid(&self) -> Uuid {
        let micros = self.clock.now().micros().max(0);
        let ids = self.ids.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Uuid::new_v7(UuidTime::from_unix(&*ids, (micros / 1_000_000) as u64, (micros % 1_000_000 * 1000) as u32))
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    Nobody,
    Person { id: PersonId, session: SessionId },
    /// A person of the provider's staff, whichever organisation they look at.
    Staff { id: PersonId, session: SessionId },
    Key { id: ApiKeyId },
    /// The platform itself: a job, the scheduler, an operator at the command line. Named by what acts.
    System { name: &'static str },
}

impl Actor {
    /// As the audit trail keeps it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Person { .. } => "person",
            Self::Staff { .. } => "staff",
            Self::Key { .. } => "key",
            Self::System { .. } => "system",
        }
    }

    pub fn id(&self) -> String {
        match self {
            Self::Nobody => String::new(),
            Self::Person { id, .. } | Self::Staff { id, .. } => id.to_string(),
            Self::Key { id } => id.to_string(),
            Self::System { name } => (*name).to_owned(),
        }
    }

    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person { id, .. } | Self::Staff { id, .. } => Some(*id),
            Self::Nobody | Self::Key { .. } | Self::System { .. } => None,
        }
    }

    pub const fn session(&self) -> Option<SessionId> {
        match self {
            Self::Person { session, .. } | Self::Staff { session, .. } => Some(*session),
            Self::Nobody | Self::Key { .. } | Self::System { .. } => None,
        }
    }
}

/// The context of one request or job.
#[derive(Clone)]
pub struct Cx {
    platform: Arc<Platform>,
    actor: Actor,
    tenant: Option<TenantId>,
    permissions: Permissions,
    language: Language,
    trace: Arc<str>,
    address: Arc<str>,
    held: Option<Held>,
    /// Missing permissions that were written to the audit trail; shared by the clones of one request's.
    denials: Arc<AtomicUsize>,
}

impl Cx {
    /// Someone not signed in.
    pub fn nobody(platform: Arc<Platform>, language: Language, trace: impl Into<Arc<str>>, address: impl Into<Arc<str>>) -> Self {
        Self { platform, actor: Actor::Nobody, tenant: None, permissions: Permissions::NONE, language, trace: trace.into(), address: address.into(), held: None, denials: Arc::default() }
    }

    /// A job or command of the platform itself, for one organisation or none.
    pub fn system(platform: Arc<Platform>, name: &'static str, tenant: Option<TenantId>) -> Self {
        Self {
            platform,
            actor: Actor::System { name },
            tenant,
            permissions: Permissions::of(Need::ALL),
            language: Language::En,
            trace: name.into(),
            address: "".into(),
            held: None,
            denials: Arc::default(),
        }
    }

    /// The same request, now known to come from `actor`. Only the identity area's session and key look-ups call it.
    pub fn signed_in(self, actor: Actor, tenant: Option<TenantId>, permissions: Permissions) -> Self {
        Self { actor, tenant, permissions, ..self }
    }

    /// The provider's staff, looking after one organisation: that organisation's rows, to read, and to change only what
    /// `need` is about. Staff without that permission may do nothing there, and what they try to change stands in that
    /// organisation's audit trail.
    pub fn for_tenant(&self, tenant: TenantId, need: Need) -> Result<Self, Denied> {
        let permissions = match self.actor {
            Actor::System { .. } => Permissions::of(Need::ALL),
            Actor::Staff { .. } if self.allow(need).is_err() => Permissions::NONE,
            Actor::Staff { .. } => self.permissions.inside_tenant(need),
            Actor::Nobody | Actor::Person { .. } | Actor::Key { .. } => return Err(Denied::TooLittle),
        };
        Ok(Self { tenant: Some(tenant), permissions, ..self.clone() })
    }

    pub fn with_language(self, language: Language) -> Self {
        Self { language, ..self }
    }

    pub fn platform(&self) -> &Arc<Platform> {
        &self.platform
    }

    pub fn config(&self) -> &Config {
        &self.platform.config
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub const fn permissions(&self) -> Permissions {
        self.permissions
    }

    pub const fn language(&self) -> Language {
        self.language
    }

    pub fn trace(&self) -> &str {
        &self.trace
    }

    /// The caller's network address as far as known, for sessions and throttling.
    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn now(&self) -> Timestamp {
        self.platform.clock.now()
    }

    pub fn new_uuid(&self) -> Uuid {
        self.platform.new_uuid()
    }

    /// The organisation that the caller acts for.
    pub fn tenant(&self) -> Result<TenantId, Denied> {
        match (self.tenant, &self.actor) {
            (Some(tenant), _) => Ok(tenant),
            (None, Actor::Nobody) => Err(Denied::SignedOut),
            (None, _) => Err(Denied::NoTenant),
        }
    }

    /// The person who is signed in.
    pub fn person(&self) -> Result<PersonId, Denied> {
        self.actor.person().ok_or(Denied::SignedOut)
    }

    pub fn allow(&self, need: Need) -> Result<(), Denied> {
        match self.actor {
            Actor::Nobody => Err(Denied::SignedOut),
            _ if self.permissions.allow(need) => Ok(()),
            _ => Err(Denied::TooLittle),
        }
    }

    /// Lets only those go on who may. A refused attempt to change something is written to the audit trail of the
    /// organisation that the caller acts for.
    pub async fn demand(&self, need: Need) -> Result<(), Opened> {
        let Err(denied) = self.allow(need) else { return Ok(()) };
        if let (true, Some(tenant)) = (need.writes(), self.tenant) {
            TenantTx::record_refusal(self, tenant, need).await?;
            self.denials.fetch_add(1, Ordering::Relaxed);
        }
        Err(denied.into())
    }

    /// Checks the permission, opens a transaction on the tenant's rows and starts its audit note. A refused write is
    /// itself written to the audit trail.
    pub async fn tenant_tx(&self, need: Need) -> Result<TenantTx, Opened> {
        let tenant = self.tenant()?;
        self.demand(need).await?;
        Ok(TenantTx::open(self, tenant, need).await?)
    }

    /// The same request, whose changes wait for their answer (`platform::held`).
    pub fn holding(self) -> Self {
        Self { held: Some(Held::default()), ..self }
    }

    pub(crate) fn noted_denials(&self) -> usize {
        self.denials.load(Ordering::Relaxed)
    }

    pub(crate) const fn held(&self) -> Option<&Held> {
        self.held.as_ref()
    }

    /// The change that this request holds back, or a fresh transaction where it holds none: to keep the answer with the
    /// change. Its commit is for good.
    pub async fn held_tx(&self) -> Result<TenantTx, Opened> {
        let plain = Self { held: None, ..self.clone() };
        match self.held().and_then(Held::take) {
            Some(change) => Ok(TenantTx::resume(plain, change)),
            None => plain.tenant_tx(Need::MEMBER).await,
        }
    }

    /// Unmakes the change that this request holds back.
    pub async fn take_back(&self) -> Result<(), Fault> {
        match self.held().and_then(Held::take) {
            Some((_, change)) => change.rollback().await.map_err(fault),
            None => Ok(()),
        }
    }

    /// Identity's tables before a tenant is known: sign-up, sign-in, sessions, keys.
    pub async fn door_tx(&self) -> Result<DoorTx, Fault> {
        DoorTx::open(self).await
    }

    /// The provider's staff across organisations: what the provider role was granted, mostly reading.
    pub async fn provider_tx(&self, need: Need) -> Result<ProviderTx, Opened> {
        self.demand(need).await?;
        let (Actor::Staff { .. } | Actor::System { .. }) = self.actor else {
            return Err(Denied::TooLittle.into());
        };
        Ok(ProviderTx::open(self).await?)
    }

    /// Ids of due work, across organisations. Only for the platform itself.
    pub async fn system_tx(&self) -> Result<SystemTx, Opened> {
        let Actor::System { .. } = self.actor else {
            return Err(Denied::TooLittle.into());
        };
        Ok(SystemTx::open(self).await?)
    }
}
