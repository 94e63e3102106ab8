//! Live changes across processes: written in the transaction, announced by NOTIFY, read back by number so that a page
//! which reconnects neither misses nor repeats one.

use crate::{Cx, Db, Opened, fault};
use kernel::{Fault, Need, SessionId, TenantId, live::LiveChange};
use sqlx::{PgConnection, types::Json};
use std::{collections::HashMap, sync::{Arc, Mutex, PoisonError}, time::Duration};
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

const CHANNEL: &str = "hub_live";
const SESSION_CHANNEL: &str = "hub_session_ended";
const CLOCK_CHANNEL: &str = "hub_clock";
/// Changes handed out at once; a page that is further behind asks again.
const BATCH: i64 = 200;
/// Session endings that a slow socket may lag behind before it is told to check for itself.
const ENDINGS: usize = 256;
/// A page that took longer than this to connect is told to fetch everything anew.
pub const OLDEST_PAGE: Duration = Duration::from_secs(300);
/// Pause before the listening connection is made anew.
const RECONNECT: Duration = Duration::from_secs(1);

/// Fans out what this process hears to its open sockets.
#[derive(Clone)]
pub struct LiveHub {
    inner: Arc<Inner>,
}

struct Inner {
    tenants: Mutex<HashMap<TenantId, watch::Sender<i64>>>,
    endings: broadcast::Sender<SessionId>,
    stopping: CancellationToken,
}

impl LiveHub {
    pub fn new(stopping: CancellationToken) -> Self {
        Self { inner: Arc::new(Inner { tenants: Mutex::default(), endings: broadcast::channel(ENDINGS).0, stopping }) }
    }

    /// The newest number heard of for a tenant; changes when there is a newer.
    pub fn watch(&self, tenant: TenantId) -> watch::Receiver<i64> {
        let mut tenants = self.inner.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.retain(|_, sender| sender.receiver_count() > 0);
        tenants.entry(tenant).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    /// Sessions that end, wherever they were ended.
    pub fn endings(&self) -> broadcast::Receiver<SessionId> {
        self.inner.endings.subscribe()
    }

    /// Cancelled when the process is to stop.
    pub fn stopping(&self) -> CancellationToken {
        self.inner.stopping.clone()
    }

    /// Hears notifications until the process stops; reconnects, and then wakes everybody since it may have missed some.
    pub async fn run(&self, db: Db, on_clock: impl Fn(i64) + Send) {
        loop {
            tokio::select! {
                () = self.inner.stopping.cancelled() => return,
                () = self.hear(&db, &on_clock) => {}
            }
            tokio::select! {
                () = self.inner.stopping.cancelled() => return,
                () = tokio::time::sleep(RECONNECT) => {}
            }
        }
    }

    async fn hear(&self, db: &Db, on_clock: &(impl Fn(i64) + Send)) {
        let Ok(mut listener) = db.listener().await else { return };
        if listener.listen_all([CHANNEL, SESSION_CHANNEL, CLOCK_CHANNEL]).await.is_err() {
            return;
        }
        self.wake_all();
        // `recv` would connect anew without a word and leave out what was said meanwhile.
        while let Ok(heard) = listener.try_recv().await {
            let Some(notification) = heard else {
                self.wake_all();
                continue;
            };
            match notification.channel() {
                CHANNEL => {
                    if let Some((tenant, seq)) = notification.payload().split_once(' ')
                        && let (Ok(tenant), Ok(seq)) = (tenant.parse(), seq.parse())
                    {
                        self.wake(tenant, seq);
                    }
                }
                SESSION_CHANNEL => {
                    if let Ok(session) = notification.payload().parse() {
                        // Nobody listening is fine: there are no sockets.
                        let _ = self.inner.endings.send(session);
                    }
                }
                CLOCK_CHANNEL => {
                    if let Ok(offset) = notification.payload().parse() {
                        on_clock(offset);
                    }
                }
                _ => {}
            }
        }
    }

    fn wake(&self, tenant: TenantId, seq: i64) {
        if let Some(sender) = self.inner.tenants.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant) {
            sender.send_if_modified(|known| {
                let newer = seq > *known;
                *known = seq.max(*known);
                newer
            });
        }
    }

    fn wake_all(&self) {
        for sender in self.inner.tenants.lock().unwrap_or_else(PoisonError::into_inner).values() {
            sender.send_modify(|_| {});
        }
    }
}

pub(crate) async fn notify(connection: &mut PgConnection, tenant: TenantId, seq: i64) -> Result<(), Fault> {
    sqlx::query("SELECT pg_notify($1, $2)")
        .bind(CHANNEL)
        .bind(format!("{tenant} {seq}"))
        .execute(connection)
        .await
        .map_err(fault)?;
    Ok(())
}

/// Ends a session's sockets in every process, once the transaction is committed.
pub async fn notify_session_ended(connection: &mut PgConnection, session: SessionId) -> Result<(), Fault> {
    sqlx::query("SELECT pg_notify($1, $2)").bind(SESSION_CHANNEL).bind(session.to_string()).execute(connection).await.map_err(fault)?;
    Ok(())
}

/// Tells every process of a simulated clock's new offset, once the transaction is committed.
pub async fn notify_clock(connection: &mut PgConnection, offset_micros: i64) -> Result<(), Fault> {
    sqlx::query("SELECT pg_notify($1, $2)").bind(CLOCK_CHANNEL).bind(offset_micros.to_string()).execute(connection).await.map_err(fault)?;
    Ok(())
}

/// What a page that has seen up to `after` still has to see.
pub enum Missed {
    Changes(Vec<LiveChange>),
    /// Some of it is no longer kept; the number to go on from.
    TooOld(i64),
}

/// Where a fresh page begins: the newest number of the caller's tenant when the page was asked for, `age` ago. What
/// changed between its making on the server and its first connection follows.
pub async fn head(cx: &Cx, age: Duration) -> Result<i64, Opened> {
    let mut tx = cx.tenant_tx(Need::MEMBER).await?;
    Ok(sqlx::query_scalar(
        "SELECT coalesce(
                (SELECT seq FROM hub.live_changes WHERE at < $1 ORDER BY seq DESC LIMIT 1),
                (SELECT min(seq) - 1 FROM hub.live_changes),
                (SELECT live_seq FROM hub.tenant_heads),
                0)",
    )
    .bind(cx.now().minus(age))
    .fetch_one(&mut *tx)
    .await
    .map_err(fault)?)
}

pub async fn changes_after(cx: &Cx, after: i64) -> Result<Missed, Opened> {
    let mut tx = cx.tenant_tx(Need::MEMBER).await?;
    // The head before the changes: what is committed between the two is then one more change, never a gap.
    let head: Option<i64> = sqlx::query_scalar("SELECT live_seq FROM hub.tenant_heads").fetch_optional(&mut *tx).await.map_err(fault)?;
    let rows: Vec<(i64, kernel::Timestamp, Json<kernel::live::Live>)> = sqlx::query_as(
        "SELECT seq, at, what
           FROM hub.live_changes
          WHERE seq > $1
          ORDER BY seq
          LIMIT $2",
    )
    .bind(after)
    .bind(BATCH)
    .fetch_all(&mut *tx)
    .await
    .map_err(fault)?;
    let head = head.unwrap_or(0);
    let first = rows.first().map_or(head + 1, |row| row.0);
    // A number past the head comes from another installation's page, one before the first kept is too old.
    if after > head || (after < head && first != after + 1) {
        return Ok(Missed::TooOld(head));
    }
    Ok(Missed::Changes(rows.into_iter().map(|(seq, at, Json(what))| LiveChange { seq, at, what }).collect()))
}
