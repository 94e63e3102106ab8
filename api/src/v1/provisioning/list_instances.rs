//! GET /instances: the organisation's instances, page by page.

use super::shape::{InstanceList, InstanceSummary, State};
use crate::{
    caller::Caller,
    cursor::Cursors,
    json::{Query, short},
    problem::Problem,
    v1::shape::page_size,
};
use axum::Json;
use provisioning::commands::{InstanceSort, ListInstances};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which instances to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Part of the name in any case, or a whole id.
    #[param(example = "shop", max_length = 120, pattern = r"^[^\x00]*$")]
    search: Option<String>,
    /// Only those in this state; without it, all but the deleted.
    #[param(inline)]
    state: Option<State>,
    /// Only those of this driver.
    #[param(example = "postgresql", max_length = 60, pattern = r"^[^\x00]*$")]
    driver: Option<String>,
    #[param(inline)]
    sort: Option<Sort>,
    /// Rows on one page; 50 without it.
    #[param(minimum = 1, maximum = 100, example = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// In which order; `newest` without it.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    Newest,
    Oldest,
    Name,
}

/// Lists the organisation's instances
#[utoipa::path(
    get,
    path = "/api/v1/instances",
    operation_id = "listInstances",
    tag = "Instances",
    params(Filter),
    responses((status = 200, description = "One page of instances", body = InstanceList)),
    security(("key" = ["services:read"])),
)]
pub async fn list_instances(Caller(cx): Caller, Query(filter): Query<Filter>) -> Result<Json<InstanceList>, Problem> {
    short("driver", filter.driver.as_ref(), 60)?;
    short("search", filter.search.as_ref(), 120)?;
    let cursors = Cursors::new(&cx, "instances", &(&filter.search, &filter.state, &filter.driver, &filter.sort))?;
    let list = ListInstances {
        search: filter.search,
        state: filter.state.map(|state| state.code().to_owned()),
        driver: filter.driver,
        sort: match filter.sort {
            None | Some(Sort::Newest) => InstanceSort::Newest,
            Some(Sort::Oldest) => InstanceSort::Oldest,
            Some(Sort::Name) => InstanceSort::Name,
        },
        size: page_size(filter.limit)?,
        cursor: cursors.open(filter.cursor)?,
    };
    let page = provisioning::server::list_instances(&cx, list).await?;
    Ok(Json(InstanceList { data: page.rows.into_iter().map(InstanceSummary::from).collect(), next: cursors.seal(page.next) }))
}
