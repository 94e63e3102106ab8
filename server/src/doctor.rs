//! Looks an installation over before or while it runs, and says what to do about each trouble.

use platform::{Config, Db, embedded_postgres::EmbeddedPostgres, migrate};
use serde::Serialize;
use sqlx::Connection;
use std::{path::Path, process::Command};

/// Less free disk than this is a warning.
const LITTLE_DISK_MIB: u64 = 1024;
/// A clock that is further from the database's than this makes leases and sessions misbehave.
const CLOCK_SKEW_SECONDS: i64 = 5;
/// Jobs that were given up and are listed one by one.
const JOBS_SHOWN: usize = 20;

#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    good: bool,
    says: String,
}

fn good(what: &'static str, says: impl Into<String>) -> Finding {
    Finding { what, good: true, says: says.into() }
}

fn bad(what: &'static str, says: impl Into<String>) -> Finding {
    Finding { what, good: false, says: says.into() }
}

/// Prints the findings; an error when one of them is bad.
pub async fn run(config: Config, as_json: bool) -> Result<(), String> {
    let mut findings = vec![disk(&config.data), port(&config).await, site(&config)];
    findings.extend(database(&config).await);
    if as_json {
        println!("{}", serde_json::to_string_pretty(&findings).expect("findings serialise"));
    } else {
        for finding in &findings {
            println!("{}  {:<12} {}", if finding.good { "good" } else { "BAD " }, finding.what, finding.says);
        }
    }
    match findings.iter().filter(|finding| !finding.good).count() {
        0 => Ok(()),
        1 => Err("one thing needs attention".to_owned()),
        number => Err(format!("{number} things need attention")),
    }
}

/// Free space where the data folder is, or will be.
fn disk(data: &Path) -> Finding {
    let existing = std::path::absolute(data).ok().and_then(|path| path.ancestors().find(|folder| folder.exists()).map(Path::to_owned));
    let Some(existing) = existing else {
        return bad("disk", format!("{} cannot be looked at", data.display()));
    };
    if let Err(error) = can_write(&existing) {
        return bad("disk", format!("nothing can be written to {} ({error}): give this user the folder, or name another with HUB_DATA", existing.display()));
    }
    let free = Command::new("df").args(["-Pm"]).arg(&existing).output().ok().and_then(|output| {
        let text = String::from_utf8(output.stdout).ok()?;
        text.lines().nth(1)?.split_whitespace().nth(3)?.parse::<u64>().ok()
    });
    match free {
        Some(mib) if mib < LITTLE_DISK_MIB => bad("disk", format!("only {mib} MiB are free for {}: free some, or move the data with HUB_DATA", data.display())),
        Some(mib) => good("disk", format!("{mib} MiB are free for {}", data.display())),
        None => bad("disk", "the free space could not be read: is `df` there?"),
    }
}

/// Tries it: rights, a mount that is read-only and a full disk all show here.
fn can_write(folder: &Path) -> std::io::Result<()> {
    let probe = folder.join(format!(".doctor-{}", std::process::id()));
    let written = std::fs::write(&probe, [0; 4096]);
    let removed = std::fs::remove_file(&probe);
    written.and(removed)
}

async fn port(config: &Config) -> Finding {
    match tokio::net::TcpListener::bind(config.addr).await {
        Ok(_) => good("port", format!("{} is free", config.addr)),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            let url = format!("http://{}/healthz", config.addr);
            match platform::http::Http::new().client().get(url).send().await {
                Ok(answer) if answer.status().is_success() => good("port", format!("Service Hub serves on {}", config.addr)),
                _ => bad("port", format!("{} is taken by another program: stop it, or choose another with HUB_ADDR", config.addr)),
            }
        }
        Err(error) => bad("port", format!("{} cannot be used: {error}", config.addr)),
    }
}

fn site(config: &Config) -> Finding {
    if config.site.join("pkg").is_dir() {
        good("client", format!("the built client is in {}", config.site.display()))
    } else {
        bad("client", format!("there is no built client in {}: run `cargo xtask build`, or set HUB_SITE", config.site.display()))
    }
}

/// Connects, and looks at roles, migrations and the clock. A database that lies in the data folder and does not run is
/// started for the look.
async fn database(config: &Config) -> Vec<Finding> {
    let mut started = None;
    let addresses = match &config.database_url {
        Some(owner) => migrate::ensure_login_role(owner).await.map(|login| (owner.clone(), login)).map_err(|error| error.to_string()),
        None => match EmbeddedPostgres::attach(&config.data).await {
            Ok(Some(connections)) => Ok((connections.owner_url, connections.login_url)),
            Ok(None) if EmbeddedPostgres::is_in(&config.data) => match EmbeddedPostgres::start(&config.data).await {
                Ok(embedded) => {
                    let connections = embedded.connections().clone();
                    started = Some(embedded);
                    Ok((connections.owner_url, connections.login_url))
                }
                Err(error) => Err(error.to_string()),
            },
            Ok(None) => return vec![good("database", format!("there is none in {} yet; the first start makes it", config.data.display()))],
            Err(error) => Err(error.to_string()),
        },
    };
    let findings = match addresses {
        Ok((owner, login)) => looked_at(&owner, &login).await,
        Err(error) => vec![bad("database", error)],
    };
    if let Some(embedded) = started {
        embedded.stop().await;
    }
    findings
}

async fn looked_at(owner: &str, login: &str) -> Vec<Finding> {
    let mut findings = vec![good("database", "answers")];
    findings.push(match Db::new(login, 2) {
        Ok(db) => match db.check_login_role().await {
            Ok(()) => good("role", "the login role owns nothing and cannot get around row-level security"),
            Err(fault) => bad("role", fault.to_string()),
        },
        Err(fault) => bad("role", fault.to_string()),
    });
    match sqlx::PgConnection::connect(owner).await {
        Ok(mut connection) => {
            findings.push(migrations(&mut connection).await);
            findings.push(clock(&mut connection).await);
            findings.push(jobs(&mut connection).await);
        }
        Err(error) => findings.push(bad("migrations", format!("the owner role cannot connect: {error}"))),
    }
    findings
}

async fn migrations(connection: &mut sqlx::PgConnection) -> Finding {
    let known = migrate::known_steps();
    match migrate::applied(connection).await {
        Ok(applied) => {
            let missing = known.iter().filter(|step| !applied.contains(step)).count();
            match applied.iter().find(|step| !known.contains(step)) {
                Some(step) => bad("migrations", format!("the database is of a newer version (step {step}): start that version")),
                None if missing > 0 => bad("migrations", format!("{missing} steps are missing: run `service-hub migrate`, or start the server")),
                None => good("migrations", format!("all {} steps have run", known.len())),
            }
        }
        Err(error) => bad("migrations", error.to_string()),
    }
}

/// Jobs that were given up, each with its last words.
async fn jobs(connection: &mut sqlx::PgConnection) -> Finding {
    let look = async {
        let dead = platform::jobs::dead(connection).await?;
        Ok::<_, kernel::Fault>((platform::jobs::dead_number(connection).await?, dead))
    };
    match look.await {
        Ok((_, dead)) if dead.is_empty() => good("jobs", "none was given up"),
        Ok((number, dead)) => {
            let said: Vec<String> = dead.iter().take(JOBS_SHOWN).map(sentence).collect();
            bad("jobs", format!("{number} were given up; mend what they say, then run `service-hub admin retry-jobs`: {}", said.join("; ")))
        }
        Err(fault) => bad("jobs", format!("could not be looked at ({fault}): run `service-hub migrate`, or start the server")),
    }
}

fn sentence(job: &platform::jobs::DeadJob) -> String {
    let whose = job.tenant.as_deref().map(|tenant| format!(" of {tenant}")).unwrap_or_default();
    format!("{}{whose}, given up {}: {}", job.name, job.failed_at, job.last_error.as_deref().unwrap_or("it said nothing"))
}

async fn clock(connection: &mut sqlx::PgConnection) -> Finding {
    let ours = platform::Clock::real().now();
    match sqlx::query_scalar::<_, kernel::Timestamp>("SELECT now()").fetch_one(&mut *connection).await {
        Ok(theirs) => {
            let skew = (ours.seconds() - theirs.seconds()).abs();
            if skew > CLOCK_SKEW_SECONDS {
                bad("clock", format!("this machine and the database are {skew} seconds apart: set both by NTP"))
            } else {
                // Where it cannot be read, migrations are missing, which is said already.
                let simulated = crate::simulate::shown(connection).await.ok().flatten();
                let simulated = simulated.map(|now| format!("; the installation's own is simulated and stands at {now}")).unwrap_or_default();
                good("clock", format!("{ours}, as the database has it{simulated}"))
            }
        }
        Err(error) => bad("clock", format!("the database's clock could not be read: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::testing::Hub;

    #[tokio::test]
    async fn a_simulated_clock_is_told_beside_the_machines() {
        let hub = Hub::start().await;
        let mut owner = sqlx::PgConnection::connect(&hub.owner_url).await.expect("answers");
        let moved = "UPDATE hub.clock SET offset_micros = 400::bigint * 24 * 3600 * 1000000";
        sqlx::raw_sql(moved).execute(&mut owner).await.expect("the owner may");
        let found = clock(&mut owner).await;
        assert!(found.good && found.says.ends_with("as the database has it"), "{}", found.says);
        crate::seed::keep(&hub.system(None), "served_by_clock", serde_json::json!("simulated")).await.expect("kept");
        let found = clock(&mut owner).await;
        let (real, simulated) = found.says.split_once(", as the database has it; the installation's own is simulated and stands at ").expect("both");
        let seconds = |text: &str| text.parse::<kernel::Timestamp>().expect("a time").seconds();
        assert!((seconds(simulated) - seconds(real) - 400 * 24 * 3600).abs() < 60, "{}", found.says);
    }

    #[tokio::test]
    async fn every_job_that_was_given_up_is_counted_and_some_are_told() {
        let hub = Hub::start().await;
        let mut owner = sqlx::PgConnection::connect(&hub.owner_url).await.expect("answers");
        assert_eq!(jobs(&mut owner).await.says, "none was given up");
        let many = "SELECT hub.add_job('mail', '{}', NULL, interval '0') FROM generate_series(1, 1001);
                    UPDATE graphile_worker._private_jobs SET attempts = max_attempts, last_error = 'busy'";
        sqlx::raw_sql(many).execute(&mut owner).await.expect("the owner may");
        let found = jobs(&mut owner).await;
        assert!(!found.good && found.says.starts_with("1001 were given up; "), "{}", found.says);
        assert_eq!(found.says.matches(": busy").count(), JOBS_SHOWN);
    }
}
