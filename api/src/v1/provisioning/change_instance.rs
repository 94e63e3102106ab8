//! PATCH /instances/{id}: another name, configuration or plan.

use super::{accepted, beside_plan, instance_id, shape};
use crate::{caller::Caller, etag, json::Json, problem::Problem};
use axum::{extract::Path, http::HeaderMap, response::Response};
use kernel::PlanId;
use platform::Cx;
use provisioning::{
    commands::{ChangePlan, UpdateConfiguration},
    server::{self, ChangeError},
    view::{Accepted, InstanceView},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// How often a change without a condition is merged anew when others change the instance at the same time.
const TRIES: u32 = 3;

/// What to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstanceChange {
    /// A new name.
    #[schema(min_length = 1, max_length = 60, pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$", example = "Shop database")]
    #[serde(default)]
    name: Option<String>,
    /// Merged into the present configuration (RFC 7396): null takes a field back to its default.
    #[schema(value_type = Option<Object>)]
    #[serde(default)]
    configuration: Option<Map<String, Value>>,
    /// Another plan of the same offering. A larger one takes hold at once; a smaller one with the next term (`planned`
    /// shows it until then), and it is refused while more is used than it allows. The present one takes back what waits.
    #[schema(value_type = Option<String>, pattern = "^pln_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "pln_01h455vb4pex5vsknk084sn02q")]
    #[serde(default)]
    plan: Option<PlanId>,
}

/// Changes the name, the configuration or the plan
///
/// With `If-Match` the change is made only to the version that you saw. Another change under way is answered 409 with
/// its operation.
#[utoipa::path(
    patch,
    path = "/api/v1/instances/{id}",
    operation_id = "changeInstance",
    tag = "Instances",
    params(
        ("id" = String, Path, description = "The instance's id", example = "ins_01h455vb4pex5vsknk084sn02q"),
        ("If-Match" = Option<String>, Header, description = "The ETag that you saw", example = "\"3\""),
    ),
    request_body(content((InstanceChange = "application/json"), (InstanceChange = "application/merge-patch+json"))),
    responses(
        (status = 200, description = "Nothing is to be done on the backend, or not before the next term", body = shape::Accepted),
        (status = 202, description = "Accepted", body = shape::Accepted, headers(("Location" = String, description = "The operation to follow"))),
    ),
    security(("key" = ["services:write"])),
)]
pub async fn change_instance(Caller(cx): Caller, Path(id): Path<String>, headers: HeaderMap, Json(change): Json<InstanceChange>) -> Result<Response, Problem> {
    let id = instance_id(&id)?;
    let mut tries = TRIES;
    loop {
        let present = server::get_instance(&cx, id).await?;
        let if_version = etag::if_match(&headers, present.version)?;
        match carry_out(&cx, present, if_version, &change).await {
            Ok(taken) => return Ok(accepted(taken)),
            // Without a condition of the caller's: merged anew into what somebody else made of it meanwhile.
            Err(ChangeError::Stale { .. }) if if_version.is_none() && tries > 1 => tries -= 1,
            Err(refusal) => return Err(beside_plan(refusal)),
        }
    }
}

/// One use case, so one transaction: where a part is refused, nothing of it is done.
async fn carry_out(cx: &Cx, present: InstanceView, if_version: Option<i64>, change: &InstanceChange) -> Result<Accepted, ChangeError> {
    let (id, name) = (present.id, change.name.clone());
    let configuration = change.configuration.clone().map(|patch| merged(&present.configuration, patch));
    let Some(plan) = change.plan else {
        let if_version = if_version.or(Some(present.version));
        let configuration = configuration.unwrap_or(present.configuration);
        return server::update_configuration(cx, UpdateConfiguration { id, name, configuration, if_version }).await;
    };
    let if_version = if_version.or(configuration.is_some().then_some(present.version));
    server::change_plan(cx, ChangePlan { id, plan, name, configuration, if_version }).await
}

/// RFC 7396.
fn merged(present: &Value, patch: Map<String, Value>) -> Value {
    let mut whole = present.clone();
    merge(&mut whole, Value::Object(patch));
    whole
}

fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let fields = target.as_object_mut().expect("it was just made an object");
    for (name, value) in patch {
        if value.is_null() {
            fields.remove(&name);
        } else {
            merge(fields.entry(name).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn merges_as_the_rfc_shows() {
        // Cases of RFC 7396, appendix A, whose patch is an object.
        for (present, patch, whole) in [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ] {
            assert_eq!(merged(&present, patch.as_object().expect("an object").clone()), whole);
        }
    }
}
