//! POST /instances: an order.

use super::{accepted, beside_plan, shape};
use crate::{caller::Caller, json::Json, problem::Problem};
use axum::{http::StatusCode, response::Response};
use kernel::{InstanceId, PlanId};
use provisioning::{commands::OrderInstance, operation::OperationState};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// An order of an instance.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInstance {
    /// Chosen by you (`ins_` and a UUIDv7 as a TypeID), so that sending the order again makes no second instance; chosen
    /// here without it.
    #[schema(value_type = Option<String>, pattern = "^ins_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "ins_01h455vb4pex5vsknk084sn02q")]
    #[serde(default)]
    id: Option<InstanceId>,
    /// From the offerings.
    #[schema(value_type = String, pattern = "^pln_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "pln_01h455vb4pex5vsknk084sn02q")]
    plan: PlanId,
    /// What you call it.
    #[schema(min_length = 1, max_length = 60, pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$", example = "Shop database")]
    name: String,
    /// By the plan's `configuration_schema`; defaults are filled in.
    #[schema(value_type = Object)]
    #[serde(default)]
    configuration: Map<String, Value>,
}

/// Orders an instance
///
/// Answers at once with the operation that sets it up; follow it at `Location`. The same order under the same id is
/// the same operation: 202 while it runs, 200 when it is over. A different one is answered 409.
#[utoipa::path(
    post,
    path = "/api/v1/instances",
    operation_id = "orderInstance",
    tag = "Instances",
    request_body = NewInstance,
    responses(
        (status = 200, description = "The same order was accepted before, and its operation is over", body = shape::Accepted, headers(
            ("Location" = String, description = "The operation"),
            ("ETag" = String, description = "The instance's version"),
        )),
        (status = 202, description = "Accepted, or accepted before", body = shape::Accepted, headers(
            ("Location" = String, description = "The operation to follow"),
            ("ETag" = String, description = "The instance's version"),
        )),
    ),
    security(("key" = ["services:write"])),
)]
pub async fn order_instance(Caller(cx): Caller, Json(order): Json<NewInstance>) -> Result<Response, Problem> {
    let order = OrderInstance { id: order.id, plan: order.plan, name: order.name, configuration: Value::Object(order.configuration) };
    let taken = provisioning::server::order_instance(&cx, order).await.map_err(beside_plan)?;
    let over = taken.repeated && !taken.instance.operation.as_ref().is_some_and(|newest| Some(newest.id) == taken.operation && is_under_way(&newest.state));
    let mut response = accepted(taken);
    if over {
        *response.status_mut() = StatusCode::OK;
    }
    Ok(response)
}

const fn is_under_way(state: &OperationState) -> bool {
    match state {
        OperationState::Waiting | OperationState::Running | OperationState::CleaningUp => true,
        OperationState::Succeeded | OperationState::Failed => false,
    }
}
