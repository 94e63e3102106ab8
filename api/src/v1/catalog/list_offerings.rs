//! GET /offerings: everything on sale.

use super::shape::{Offering, Offerings};
use crate::{
    caller::Caller,
    json::{Query, short},
    problem::Problem,
};
use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which offerings to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only those of this category: `database`, `monitoring`, `platform`.
    #[param(example = "database", max_length = 60, pattern = r"^[^\x00]*$")]
    category: Option<String>,
    /// Part of a name or summary, in any case.
    #[param(example = "postgres", max_length = 120, pattern = r"^[^\x00]*$")]
    search: Option<String>,
}

/// Lists what is on sale, with plans and prices in every currency
///
/// The platform's own tiers are the plans of the offering `platform`.
#[utoipa::path(
    get,
    path = "/api/v1/offerings",
    operation_id = "listOfferings",
    tag = "Catalog",
    params(Filter),
    responses((status = 200, description = "The offerings", body = Offerings)),
    security(("key" = [])),
)]
pub async fn list_offerings(Caller(cx): Caller, Query(filter): Query<Filter>) -> Result<Json<Offerings>, Problem> {
    short("category", filter.category.as_ref(), 60)?;
    short("search", filter.search.as_ref(), 120)?;
    let views = catalog::server::public_offerings(&cx).await?;
    let wanted = filter.search.unwrap_or_default().to_lowercase();
    let data = views
        .into_iter()
        .filter(|view| filter.category.as_ref().is_none_or(|category| view.offering.category == *category))
        .map(Offering::from)
        .filter(|offering| offering.mentions(&wanted))
        .collect();
    Ok(Json(Offerings { data }))
}
