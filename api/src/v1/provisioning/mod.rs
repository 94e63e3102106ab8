//! Service instances and the operations that change them.

pub mod change_instance;
pub mod delete_instance;
pub mod get_instance;
pub mod get_operation;
pub mod list_instances;
pub mod operation_shape;
pub mod order_instance;
pub mod resume_instance;
pub mod reveal_credentials;
pub mod rotate_credentials;
pub mod shape;
pub mod suspend_instance;

use crate::{Api, etag, problem::{Problem, problems}};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{InstanceId, OperationId};
use ::provisioning::{
    server::{ChangeError, OrderError, ReadError, RevealError},
    view::{Accepted, InstanceView},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_instances::list_instances, order_instance::order_instance))
        .routes(routes!(get_instance::get_instance, change_instance::change_instance, delete_instance::delete_instance))
        .routes(routes!(suspend_instance::suspend_instance))
        .routes(routes!(resume_instance::resume_instance))
        .routes(routes!(rotate_credentials::rotate_credentials))
        .routes(routes!(reveal_credentials::reveal_credentials))
        .routes(routes!(get_operation::get_operation))
}

problems! {
    ReadError;
    OrderError, fields;
    RevealError;
}

impl From<ChangeError> for Problem {
    fn from(refusal: ChangeError) -> Self {
        let (code, words) = (refusal.code(), refusal.to_string());
        match refusal {
            ChangeError::Denied(denied) => denied.into(),
            ChangeError::Fault(fault) => fault.into(),
            ChangeError::Fields(fields) => Self::refused(code, words, &fields),
            ChangeError::Busy { operation } => {
                let link = operation_path(operation);
                Self::new(code, words).member("operation", operation.to_string()).header(header::LINK, format!("<{link}>; rel=\"monitor\""))
            }
            ChangeError::Stale { version } => etag::changed(version),
            ChangeError::BelowUse { used, limit, .. } => Self::new(code, words).member("used", used).member("limit", limit),
            ChangeError::NotFound => Self::absent(code),
            ChangeError::Cancelled
            | ChangeError::Restricted
            | ChangeError::NotSold
            | ChangeError::LimitReached { .. }
            | ChangeError::WrongState { .. }
            | ChangeError::Held { .. }
            | ChangeError::NoSuchPlan
            | ChangeError::OtherService
            | ChangeError::NoCredentials
            | ChangeError::NotRetryable => Self::new(code, words),
        }
    }
}

/// A plan that a body asks for and that cannot be had, beside its field.
pub(crate) fn beside_plan(problem: impl Into<Problem>) -> Problem {
    let problem = problem.into();
    let (code, words) = match problem.code() {
        "provisioning.no_such_plan" => ("unknown", "There is no such plan for sale"),
        "provisioning.other_service" => ("other_service", "It belongs to another service"),
        "billing.not_sold" => ("not_sold", "It is not sold by the month in the organisation's currency"),
        _ => return problem,
    };
    problem.pointer("/plan", code, words)
}

/// A text that is no id is answered as an id that nobody has.
pub(crate) fn instance_id(text: &str) -> Result<InstanceId, Problem> {
    text.parse().map_err(|_| ReadError::NotFound.into())
}

pub(crate) fn operation_path(id: OperationId) -> String {
    format!("/api/v1/operations/{id}")
}

/// 202 with the operation to follow; 200 where nothing was to be done.
pub(crate) fn accepted(accepted: Accepted) -> Response {
    let location = accepted.operation.map(operation_path);
    let tag = etag::of_version(accepted.instance.version);
    let body = Json(shape::Accepted::from(accepted));
    let mut response = match &location {
        Some(_) => (StatusCode::ACCEPTED, body).into_response(),
        None => (StatusCode::OK, body).into_response(),
    };
    response.headers_mut().insert(header::ETAG, tag);
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, HeaderValue::try_from(location).expect("ids are visible ASCII"));
    }
    response
}

pub(crate) fn shown(view: InstanceView) -> Response {
    let tag = etag::of_version(view.version);
    ([(header::ETAG, tag)], Json(shape::Instance::from(view))).into_response()
}
