//! `cargo xtask bench`: how the product stands against what it is compared with, as ratios of one run.
//!
//! `docs/measuring.md` says what is measured and what the numbers mean. This half builds, starts and stops, and tells;
//! the load and the inserts are in `bench_tools`, a program of its own.

mod aims;
mod figures;
mod hub;
mod latencies;
mod process;
mod sveltekit;
mod table;
mod tools;

use crate::{
    browser, build,
    command::{self, Outcome, Stop},
    node,
    paths::{Paths, Profile},
    postgres, server,
};
use figures::{Events, Figures, FirstLoad, Served};
use hub::Hub;
use latencies::Latencies;
use process::{Server, Workshop, free_address};
use serde_json::{Value, json};
use std::{path::Path, process::ExitCode};
use tools::Tools;

const HUB: &str = "Service Hub";
const COMPRESSED: &str = "Service Hub, compressing";
const STATIC: &str = "static by axum";
const SVELTEKIT: &str = "SvelteKit";

const PATH: &str = "/services";
const ROWS: &str = "50";
const CONNECTIONS: &str = "16";
/// What the load asks for, so that all send the same form, and what a browser asks for.
const PLAIN: &str = "identity";
const BROWSERS: &str = "gzip, deflate, br";
/// Those that post events, and as many that insert rows: enough to keep a small machine busy.
const SENDERS: &str = "4";
/// What one batch of events is about.
const SPREADS: [(&str, &str); 2] = [("batches about one service", "1"), ("batches about 50 services", "50")];

#[derive(clap::Args)]
pub struct Args {
    /// How often each is measured, by turns; one more round before is not counted
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// How long each is measured in a round
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=300))]
    seconds: u32,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Measure a development build: to try the bench itself, not to learn about the product
    #[arg(long)]
    dev: bool,
    /// Build nothing: measure server and client as they were built last
    #[arg(long, hide = true)]
    built: bool,
}

pub fn bench(paths: &Paths, args: &Args) -> Outcome<ExitCode> {
    let profile = if args.dev { Profile::Dev } else { Profile::Release };
    let database = postgres::binaries(paths)?;
    let (binary, tools) = if args.built {
        (server::binary(paths, profile), Tools::found(paths)?)
    } else {
        (build::build(paths, profile)?, Tools::build(paths)?)
    };
    node::packages(paths)?;
    sveltekit::build(paths)?;
    let chromium = browser::chromium()?;
    let workshop = Workshop::open()?;
    let page = workshop.0.join("page.html").to_string_lossy().into_owned();

    eprintln!("Starting Service Hub on an empty data folder and ordering {ROWS} services");
    let build = hub::Build { paths, binary: &binary, site: paths.site(profile), database: &database };
    let hub = Hub::start(build, &tools, &workshop, &page)?;
    let rows = tools.ask(&["rows", &hub.owner, &hub.server.address, &hub.key, hub::ORGANISATION, hub::OWNER])?;
    let rival_cookie = rows["cookie"].as_str().unwrap_or_default();
    let rival = sveltekit::start(paths, &hub.owner, &workshop)?;
    let still_address = free_address()?;
    let still = Server::start(tools.command(&["static", &still_address, &page]), STATIC, still_address, &workshop.0, PATH, &[200])?;

    let bench = Bench { tools: &tools, rounds: args.rounds, seconds: args.seconds.to_string() };
    let served = bench.page(&[
        Asked { name: HUB, server: &hub.server, cookie: &hub.cookie, encoding: PLAIN },
        Asked { name: COMPRESSED, server: &hub.server, cookie: &hub.cookie, encoding: BROWSERS },
        Asked { name: STATIC, server: &still, cookie: "", encoding: PLAIN },
        Asked { name: SVELTEKIT, server: &rival, cookie: rival_cookie, encoding: PLAIN },
    ])?;
    let first_loads = vec![
        first_load(paths, &chromium, HUB, &hub.server, &hub.cookie)?,
        first_load(paths, &chromium, SVELTEKIT, &rival, rival_cookie)?,
    ];
    if first_loads[0].of("wasm") == 0 {
        return Err(Stop::new("the product's page came without its client, so its first load cannot be told; build it anew and start again"));
    }
    // Neither is to hold a processor while the rest is measured.
    drop((rival, still));
    let figures = Figures { served, first_loads, events: bench.events(&hub)? };
    tools.ask(&["drop", &hub.owner])?;
    tell(args, profile, &figures);
    Ok(ExitCode::SUCCESS)
}

/// A server, and how its page is asked for.
struct Asked<'a> {
    name: &'static str,
    server: &'a Server,
    cookie: &'a str,
    encoding: &'static str,
}

struct Bench<'a> {
    tools: &'a Tools,
    rounds: u32,
    seconds: String,
}

impl Bench<'_> {
    /// By turns, so that what else happens on the machine falls on all alike.
    fn page(&self, servers: &[Asked]) -> Outcome<Vec<Served>> {
        let mut served: Vec<Served> = servers.iter().map(|asked| Served { name: asked.name, ..Served::default() }).collect();
        for round in 0..=self.rounds {
            eprintln!("The page, {}", self.named(round));
            for (asked, served) in servers.iter().zip(&mut served) {
                let (rate, latencies, bytes) = self.load(asked)?;
                if round > 0 {
                    served.rates.push(rate);
                    served.latencies.add(&latencies);
                    served.memory = asked.server.memory();
                    served.page = bytes;
                }
            }
        }
        Ok(served)
    }

    /// Requests a second, latencies, and the bytes of the page.
    fn load(&self, asked: &Asked) -> Outcome<(f64, Latencies, u64)> {
        let answer = self.tools.ask(&["load", &asked.server.address, PATH, asked.cookie, CONNECTIONS, &self.seconds, ROWS, asked.encoding])?;
        let latencies = Latencies::parse(&answer["latencies"]).ok_or_else(|| Stop::new("the load tells no latencies"))?;
        let rate = latencies.count() as f64 / seconds_of(&answer)?;
        Ok((rate, latencies, answer["bytes"].as_u64().unwrap_or_default()))
    }

    /// Each round of events is followed by raw inserts of the rows that it left.
    fn events(&self, hub: &Hub) -> Outcome<Vec<Events>> {
        let mut events: Vec<Events> = SPREADS.iter().map(|(name, _)| Events { name, posted: vec![], inserted: vec![] }).collect();
        for round in 0..=self.rounds {
            eprintln!("Usage events, {}", self.named(round));
            for ((_, spread), events) in SPREADS.iter().zip(&mut events) {
                let source = format!("https://meters.test/{round}/{spread}");
                let posting = ["events", &hub.server.address, &hub.key, &hub.login, hub::SLUG, &source, SENDERS, spread, &self.seconds, &hub.instances];
                let posted = events_per_second(&self.tools.ask(&posting)?)?;
                let inserted = events_per_second(&self.tools.ask(&["inserts", &hub.owner, &hub.login, hub::SLUG, &source, SENDERS])?)?;
                if round > 0 {
                    events.posted.push(posted);
                    events.inserted.push(inserted);
                }
            }
        }
        Ok(events)
    }

    fn named(&self, round: u32) -> String {
        if round == 0 { "to warm up".to_owned() } else { format!("round {round} of {}", self.rounds) }
    }
}

fn events_per_second(answer: &Value) -> Outcome<f64> {
    let events = answer["events"].as_u64().ok_or_else(|| Stop::new("a round of events does not say how many there were"))?;
    Ok(events as f64 / seconds_of(answer)?)
}

fn seconds_of(answer: &Value) -> Outcome<f64> {
    answer["seconds"].as_f64().filter(|seconds| *seconds > 0.0).ok_or_else(|| Stop::new("a measurement does not say how long it took"))
}

fn first_load(paths: &Paths, chromium: &Path, name: &'static str, server: &Server, cookie: &str) -> Outcome<FirstLoad> {
    let mut node = command::fresh("node", &paths.root);
    node.arg("bench/first-load.mjs").arg(chromium).arg(format!("http://{}{PATH}", server.address)).arg(cookie);
    node.stderr(std::process::Stdio::inherit());
    let output = node.output().map_err(|error| Stop::new(format!("node could not be started: {error}")))?;
    let loads: Option<Value> = serde_json::from_slice(&output.stdout).ok();
    let load = loads.filter(|_| output.status.success()).and_then(|loads| FirstLoad::parse(name, &loads));
    load.ok_or_else(|| Stop::new(format!("the page of {name} could not be opened in Chromium; the messages above say why")))
}

fn tell(args: &Args, profile: Profile, figures: &Figures) {
    let verdicts = aims::verdicts(figures);
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let node = command::answer("node", &["--version"]).unwrap_or_default();
    if args.json {
        let mut answer = figures.json();
        answer["aims"] = verdicts.iter().map(aims::Verdict::json).collect();
        answer["run"] = json!({
            "build": profile.name(),
            "processors": processors,
            "node": node,
            "rounds": args.rounds,
            "seconds": args.seconds,
            "connections": CONNECTIONS,
            "senders": SENDERS,
        });
        println!("{answer:#}");
        return;
    }
    println!("{} build, {processors} processors, Node {node}, {} rounds of {} s, {CONNECTIONS} connections", profile.name(), args.rounds, args.seconds);
    if profile == Profile::Dev {
        println!("A development build says nothing about the product's speed or size.");
    }
    println!("\n{}", table::text(figures, &verdicts));
}
