//! The roles of a process and their life: start together, stop together.

pub mod monitor;
mod put_off;
pub mod reconciler;
pub mod scheduler;
pub mod worker;

use crate::{
    installation::{Installation, Opener, keep_address},
    seed, simulate, web,
};
use platform::{Config, config::ServerRole, lease};
use std::{sync::Arc, time::Duration};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

/// How long a stopping process waits for requests and jobs under way.
const STOP_WITHIN: Duration = Duration::from_secs(20);
/// How long a stopping process still takes connections: what was sent to it before waits in a queue that is reset with the
/// socket. Shorter than the pause after which an open page comes back.
const STILL_ACCEPTS: Duration = Duration::from_millis(300);
/// How long an address may be held by a process that was just killed, and how often it is tried meanwhile.
const TAKEN_FOR: Duration = Duration::from_secs(2);
const TRY_AGAIN: Duration = Duration::from_millis(50);
/// A process says that it lives this often; readiness counts those heard of within three times as long.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Serves until told to stop. The error is a sentence for the terminal.
pub async fn serve(config: Config, with_demo: bool) -> Result<(), String> {
    // The port first: a taken one should not start a database.
    let listener = match listen(&config).await {
        Ok(listener) => Some(listener),
        Err(sentence) if config.plays(ServerRole::Web) || config.plays(ServerRole::Api) => return Err(sentence),
        // It does its work all the same, beside a process that has the address.
        Err(sentence) => {
            warn!("Health and metrics of this process are not served: {sentence}");
            None
        }
    };
    let installation = Installation::open(config, Opener::Server).await?;
    let outcome = serve_opened(&installation, listener, with_demo).await;
    info!("Stopped");
    installation.close().await;
    outcome
}

async fn listen(config: &Config) -> Result<TcpListener, String> {
    let began = tokio::time::Instant::now();
    let bound = loop {
        match TcpListener::bind(config.addr).await {
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse && began.elapsed() < TAKEN_FOR => tokio::time::sleep(TRY_AGAIN).await,
            bound => break bound,
        }
    };
    bound.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => format!("{} is taken by another program: stop that one, or choose another address with HUB_ADDR", config.addr),
        std::io::ErrorKind::PermissionDenied => format!("this user may not listen on {}: choose a port above 1023 with HUB_ADDR", config.addr),
        _ => format!("cannot listen on {}: {error}", config.addr),
    })
}

async fn serve_opened(installation: &Installation, listener: Option<TcpListener>, with_demo: bool) -> Result<(), String> {
    let platform = installation.platform.clone();
    let config = platform.config.clone();
    let cx = installation.system("serve");
    let drivers = crate::installation::drivers(installation)?;
    simulate::note_clock(&cx).await?;
    seed::first_start(&cx, &drivers, with_demo).await?;

    let process = platform.new_uuid();
    let mut tasks = JoinSet::new();
    let stopping = installation.stopping.clone();

    tasks.spawn({
        let (live, db, clock) = (platform.live.clone(), platform.db.clone(), platform.clock.clone());
        async move { live.run(db, move |offset| clock.set_offset(offset)).await }
    });
    tasks.spawn(heartbeat(installation.system("heartbeat"), process, stopping.clone()));
    if config.plays(ServerRole::Worker) {
        tasks.spawn(worker::run(platform.clone(), drivers.clone(), stopping.clone()));
    }
    if config.plays(ServerRole::Reconciler) {
        tasks.spawn(reconciler::run(installation.system("reconciler"), drivers.clone(), process, stopping.clone()));
    }
    if config.plays(ServerRole::Monitor) {
        tasks.spawn(monitor::run(installation.system("monitor"), stopping.clone()));
    }
    if config.plays(ServerRole::Scheduler) {
        tasks.spawn(scheduler::run(installation.system("scheduler"), drivers, process, stopping.clone()));
    }
    if let Some(listener) = listener {
        let router = web::router(platform.clone())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        if config.plays(ServerRole::Web) || config.plays(ServerRole::Api) {
            println!("Service Hub is at {}", config.public_url);
            keep_address(&config);
        }
        info!(%address, "Serving on {address}");
        tasks.spawn(answer(listener, router, stopping.clone()));
    }

    tokio::select! {
        () = told_to_stop() => info!("Stopping: requests and jobs under way are finished first"),
        Some(ended) = tasks.join_next() => {
            // Every task runs until the process stops, so one that ended has failed.
            warn!(?ended, "A part of the process ended by itself; the process stops");
        }
    }
    stopping.cancel();
    if tokio::time::timeout(STOP_WITHIN, async { while tasks.join_next().await.is_some() {} }).await.is_err() {
        warn!("Not everything under way was finished within {} seconds", STOP_WITHIN.as_secs());
        tasks.abort_all();
    }
    if let Err(failed) = lease::release_all(&cx, process).await {
        warn!("Leases run out by themselves: {failed}");
    }
    Ok(())
}

/// Answers whatever was sent before the process was told to stop.
async fn answer(listener: TcpListener, router: axum::Router, stopping: CancellationToken) {
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    let enough = async move {
        stopping.cancelled().await;
        tokio::time::sleep(STILL_ACCEPTS).await;
    };
    if let Err(failed) = axum::serve(listener, service).with_graceful_shutdown(enough).await {
        error!("Serving ended: {failed}");
    }
}

async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("the system has signals");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Says that this process lives, and what it plays.
async fn heartbeat(cx: platform::Cx, process: uuid::Uuid, stopping: CancellationToken) {
    loop {
        if let Err(failed) = crate::web::health::say_alive(&cx, process).await {
            warn!("This process could not say that it lives: {failed}");
        }
        if pause(&stopping, HEARTBEAT).await.is_err() {
            if let Err(failed) = crate::web::health::say_gone(&cx, process).await {
                warn!("This process could not say that it ends: {failed}");
            }
            return;
        }
    }
}

/// The process is to stop.
pub struct Stop;

/// Waits, or answers at once that the process is to stop.
pub async fn pause(stopping: &CancellationToken, length: Duration) -> Result<(), Stop> {
    tokio::select! {
        biased;
        () = stopping.cancelled() => Err(Stop),
        () = tokio::time::sleep(length) => Ok(()),
    }
}

/// Drivers by name, shared by worker, reconciler and scheduler.
pub type Drivers = Arc<provisioning::server::Drivers>;

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeMap, time::Instant};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    #[tokio::test]
    async fn what_was_sent_before_a_process_is_told_to_stop_is_answered() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let mut senders = Vec::new();
        for _ in 0..32 {
            let mut sender = TcpStream::connect(address).await.expect("it is queued");
            sender.write_all(b"GET / HTTP/1.1\r\nhost: hub.test\r\nconnection: close\r\n\r\n").await.expect("sent");
            senders.push(sender);
        }
        let stopping = CancellationToken::new();
        stopping.cancel();
        let router = axum::Router::new().route("/", axum::routing::get(async || "here"));
        tokio::time::timeout(STOP_WITHIN, answer(listener, router, stopping)).await.expect("it stops");
        for mut sender in senders {
            let mut text = String::new();
            sender.read_to_string(&mut text).await.expect("not reset");
            assert!(text.ends_with("here"), "{text}");
        }
        TcpStream::connect(address).await.expect_err("nobody listens any more");
    }

    #[tokio::test]
    async fn an_address_that_a_killed_process_still_holds_is_waited_for() {
        let dying = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = dying.local_addr().expect("bound");
        let config = Config::from_vars(BTreeMap::from([("HUB_ADDR".to_owned(), address.to_string())])).expect("good settings");
        let began = Instant::now();
        let refused = listen(&config).await.expect_err("it is held all along");
        assert!(refused.contains("is taken by another program") && began.elapsed() < TAKEN_FOR * 5, "{refused}");
        let (listener, ()) = tokio::join!(listen(&config), async {
            tokio::time::sleep(TRY_AGAIN * 2).await;
            drop(dying);
        });
        assert_eq!(listener.expect("it is free by now").local_addr().expect("bound"), address);
    }
}
