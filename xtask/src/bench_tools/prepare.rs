//! Makes what is measured, by the ways that people have: the owner chooses a password behind the link of the mail, signs
//! in by the form, and services are ordered over REST until they run.

use crate::{
    Outcome,
    http::{Connection, json_of},
    load::rows_in,
};
use hyper::{Response, StatusCode, body::Bytes, header};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const PASSWORD: &str = "seven green umbrellas";
const OFFERING: &str = "uptime-monitoring";
/// Plans that the orders take by turns.
const PLANS: [&str; 2] = ["basic", "team"];
/// What the services are called, so that names are as long as people's are.
const NAMES: [&str; 5] = ["Storefront", "Payments gateway", "Warehouse", "Customer portal", "Reports"];
/// The rarest that plans allow: a check runs once at the beginning and leaves the measurement alone.
const INTERVAL_SECONDS: u32 = 86_400;
const RUNNING_WITHIN: Duration = Duration::from_secs(180);
const LOOK_EVERY: Duration = Duration::from_millis(500);

pub struct Wanted<'a> {
    pub address: &'a str,
    pub key: &'a str,
    pub email: &'a str,
    pub link: &'a str,
    pub rows: usize,
    /// Where to put the page as it was served.
    pub page: &'a str,
}

pub async fn prepare(wanted: Wanted<'_>) -> Outcome<Value> {
    let mut connection = Connection::open(wanted.address).await?;
    choose_password(&mut connection, wanted.link).await?;
    let cookie = sign_in(&mut connection, wanted.email).await?;
    order(&mut connection, &wanted).await?;
    let instances = until_all_run(&mut connection, &wanted).await?;
    let request = connection.page("/services", &cookie)?;
    let answer = connection.send(request).await?;
    let rows = rows_in(answer.body());
    if answer.status() != StatusCode::OK || rows != wanted.rows {
        return Err(format!("/services answered {} with {rows} rows", answer.status()).into());
    }
    std::fs::write(wanted.page, answer.body())?;
    Ok(json!({ "cookie": cookie, "instances": instances, "bytes": answer.body().len() }))
}

async fn choose_password(connection: &mut Connection, link: &str) -> Outcome<()> {
    let (_, token) = link.split_once("token=").ok_or("the link to choose a password has no token")?;
    let answer = submit(connection, &format!("/reset-password?token={token}"), "reset_password", &[("token", token), ("password", PASSWORD)]).await?;
    match answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()) {
        Some(to) if to.contains("done=") => Ok(()),
        _ => Err(format!("the password was not taken: {}", answer.status()).into()),
    }
}

/// The session's cookie.
async fn sign_in(connection: &mut Connection, email: &str) -> Outcome<String> {
    let answer = submit(connection, "/sign-in", "sign_in", &[("form[next]", "/services"), ("form[email]", email), ("form[password]", PASSWORD)]).await?;
    let cookies = answer.headers().get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
    let session = cookies.into_iter().find(|cookie| cookie.starts_with("hub_session="));
    Ok(session.ok_or_else(|| format!("signing in gave no session: {}", answer.status()))?.to_owned())
}

/// Sends the form of a page to where the page says.
async fn submit(connection: &mut Connection, path: &str, function: &str, fields: &[(&str, &str)]) -> Outcome<Response<Bytes>> {
    let request = connection.page(path, "")?;
    let page = connection.send(request).await?;
    let html = String::from_utf8_lossy(page.body());
    let actions = html.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let action = actions.into_iter().find(|action| action.ends_with(function)).ok_or_else(|| format!("{path} has no form for {function}"))?.to_owned();
    let request = connection.form(&action, fields)?;
    connection.send(request).await
}

async fn order(connection: &mut Connection, wanted: &Wanted<'_>) -> Outcome<()> {
    let offerings = connection.api_get("/api/v1/offerings", wanted.key).await?;
    let offering = offerings["data"].as_array().into_iter().flatten().find(|offering| offering["slug"] == OFFERING).ok_or("uptime monitoring is not on sale")?;
    let plans = PLANS.map(|code| offering["plans"].as_array().into_iter().flatten().find(|plan| plan["code"] == code).map(|plan| plan["id"].clone()));
    for number in 0..wanted.rows {
        let check = json!({ "name": "Alive", "kind": "http", "target": format!("http://{}/healthz", wanted.address), "interval_seconds": INTERVAL_SECONDS });
        let plan = plans[number % PLANS.len()].as_ref().ok_or("uptime monitoring has other plans")?;
        let name = format!("{} {:02}", NAMES[number % NAMES.len()], number + 1);
        let order = json!({ "plan": plan, "name": name, "configuration": { "checks": [check] } });
        let request = connection.api_post("/api/v1/instances", wanted.key, "application/json", order.to_string())?;
        let answer = connection.send(request).await?;
        let _order: Value = json_of("/api/v1/instances", answer, StatusCode::ACCEPTED)?;
    }
    Ok(())
}

/// The ids of the services, once each runs and is billed, which begins a moment later.
async fn until_all_run(connection: &mut Connection, wanted: &Wanted<'_>) -> Outcome<Vec<Value>> {
    let deadline = Instant::now() + RUNNING_WITHIN;
    loop {
        let running = connection.api_get("/api/v1/instances?state=running&limit=100", wanted.key).await?;
        let billed = connection.api_get("/api/v1/subscriptions?state=running&limit=100", wanted.key).await?;
        let rows = |list: &Value| list["data"].as_array().cloned().unwrap_or_default();
        let (running, billed) = (rows(&running), rows(&billed));
        if running.len() == wanted.rows && billed.iter().filter(|subscription| !subscription["instance"].is_null()).count() >= wanted.rows {
            return Ok(running.iter().map(|instance| instance["id"].clone()).collect());
        }
        if Instant::now() > deadline {
            return Err(format!("after {} s {} of {} services run and {} are billed", RUNNING_WITHIN.as_secs(), running.len(), wanted.rows, billed.len()).into());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
