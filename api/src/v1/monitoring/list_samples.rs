//! GET /instances/{id}/samples: results of checks, or measurements.

use super::shape::{Sample, SampleList};
use crate::{
    caller::Caller,
    cursor::Cursors,
    json::Query,
    problem::Problem,
    v1::{provisioning::instance_id, shape::page_size},
};
use axum::{Json, extract::Path};
use kernel::CheckId;
use serde::Deserialize;
use std::time::Duration;
use utoipa::IntoParams;

/// As far back as measurements go.
const MOST_HOURS: u16 = 24 * 90;

/// Which samples to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Measurements of the last so many hours, coarser the longer it is; 24 without it. Not for checks.
    #[param(minimum = 1, maximum = 2160, example = 24)]
    hours: Option<u16>,
    /// Only results of this check.
    #[param(value_type = Option<String>, pattern = "^chk_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "chk_01h455vb4pex5vsknk084sn02q")]
    check: Option<CheckId>,
    /// Results on one page; 50 without it.
    #[param(minimum = 1, maximum = 100, example = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// Lists what was measured of an instance
///
/// Results of its checks, newest first and page by page; of an instance without checks its storage and connections over
/// the last hours, oldest first and all at once (288 at most).
#[utoipa::path(
    get,
    path = "/api/v1/instances/{id}/samples",
    operation_id = "listInstanceSamples",
    tag = "Instances",
    params(("id" = String, Path, description = "The instance's id", example = "ins_01h455vb4pex5vsknk084sn02q"), Filter),
    responses((status = 200, description = "Samples", body = SampleList)),
    security(("key" = ["services:read"])),
)]
pub async fn list_samples(Caller(cx): Caller, Path(id): Path<String>, Query(filter): Query<Filter>) -> Result<Json<SampleList>, Problem> {
    let id = instance_id(&id)?;
    let size = page_size(filter.limit)?;
    let hours = filter.hours.unwrap_or(24);
    if !(1..=MOST_HOURS).contains(&hours) {
        return Err(Problem::new("query.invalid", "The query needs another look.").parameter("hours", "out_of_range", format!("1 to {MOST_HOURS}")));
    }
    let cursors = Cursors::new(&cx, "samples", &(id, filter.check))?;
    let after = cursors.open(filter.cursor)?;
    let instance = provisioning::server::get_instance(&cx, id).await?;
    if instance.driver != monitoring::server::NAME {
        let points = provisioning::server::measurements(&cx, id, Duration::from_secs(u64::from(hours) * 3600)).await?;
        return Ok(Json(SampleList { data: points.into_iter().map(Sample::from).collect(), next: None }));
    }
    let page = monitoring::server::samples(&cx, id, filter.check, size, after.as_deref()).await?;
    Ok(Json(SampleList { data: page.rows.into_iter().map(Sample::from).collect(), next: cursors.seal(page.next) }))
}
