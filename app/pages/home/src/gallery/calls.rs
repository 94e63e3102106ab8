//! Server functions that only the gallery calls.

use kit::PageError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sample {
    pub name: String,
    #[serde(default)]
    pub agreed: bool,
    #[serde(default)]
    pub configuration: kit::form::schema::Typed,
}

/// Complains whenever the name is not "ok", to show how complaints look.
#[server]
pub async fn send_sample(form: Sample) -> Result<(), PageError> {
    if form.name == "ok" {
        return Ok(());
    }
    kit::request::status(kit::request::StatusCode::UNPROCESSABLE_ENTITY);
    Err(PageError::field("name", "taken", "Only the name ok is free.").keeping(&serde_json::json!({ "form": form })))
}

#[server]
pub async fn sample_chart() -> Result<charts::ChartData, PageError> {
    use kernel::Timestamp;
    let at = |step: i64| Timestamp::from_seconds(1_768_467_600 + step * 900);
    let wave = |step: i64, height: f64| (step != 40).then(|| (80.0 + height * (step as f64 / 9.0).sin() + (step % 7) as f64 * 3.0).round());
    let points = |height: f64| (0..96).map(|step| (at(step), wave(step, height))).collect();
    Ok(charts::TimeSeries::new("ms").area("Jakarta", points(30.0)).line("Frankfurt", points(12.0)).build())
}
