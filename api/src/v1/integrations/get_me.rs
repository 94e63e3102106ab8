//! GET /me: whose key this is and what it may do.

use crate::{caller::Caller, problem::Problem};
use axum::Json;
use kernel::{Need, TenantId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// The key that asks, and its organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    pub organisation: MyOrganisation,
    #[schema(example = "key_01h455vb4pex5vsknk084sn02q")]
    pub key: String,
    /// What it may do.
    #[schema(example = json!(["services:read", "services:write"]))]
    pub scopes: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Organisation)]
pub struct MyOrganisation {
    #[schema(value_type = String, pattern = "^org_[0-9a-z]{26}$", example = "org_01h455vb4pex5vsknk084sn02q")]
    pub id: TenantId,
    #[schema(example = "acme")]
    pub slug: String,
    #[schema(example = "Acme")]
    pub name: String,
    /// `STARTER`, `PROFESSIONAL` or `ENTERPRISE`; null until one is chosen.
    pub tier: Option<String>,
    /// In which it is billed.
    #[schema(example = "USD")]
    pub currency: String,
    /// IANA name; its days and billing periods begin at midnight there.
    #[schema(example = "Asia/Jakarta")]
    pub time_zone: String,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// Shows whose key this is and what it may do
///
/// The first request to try with a new key.
#[utoipa::path(
    get,
    path = "/api/v1/me",
    operation_id = "getMe",
    tag = "Access",
    responses((status = 200, description = "The key and its organisation", body = Me)),
    security(("key" = [])),
)]
pub async fn get_me(Caller(cx): Caller) -> Result<Json<Me>, Problem> {
    let organisation = identity::server::my_organisation(&cx).await?;
    // Every key belongs to its organisation; that is no scope that could be chosen.
    let scopes = cx.permissions().names().into_iter().filter(|name| *name != Need::MEMBER.name()).map(str::to_owned).collect();
    Ok(Json(Me {
        organisation: MyOrganisation {
            id: organisation.id,
            slug: organisation.slug,
            name: organisation.name,
            tier: organisation.tier.map(|tier| tier.code().to_owned()),
            currency: organisation.currency.code().to_owned(),
            time_zone: organisation.time_zone,
            created_at: organisation.created_at,
        },
        key: cx.actor().id(),
        scopes,
    }))
}
