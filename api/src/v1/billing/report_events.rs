//! POST /events: metered facts, each counted once.

use super::{event::{self, Event}, own_instances};
use crate::{
    caller::Caller,
    problem::{Problem, ProblemField},
    v1::shape::decimal_schema,
};
use axum::{
    Json,
    body::Bytes,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use billing::{
    server::{BATCH_LIMIT, UsageEvent, UsageOutcome, record_usage},
    view::RefusedBecause,
};
use kernel::{FieldError, InstanceId, Need};
use platform::Cx;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ArrayBuilder, OneOfBuilder, Ref, RefOr, Schema},
};

/// A CloudEvent (1.0) that reports usage.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read by hand, to name everything that is wrong at once")]
pub struct CloudEvent {
    #[schema(pattern = r"^1\.0$", example = "1.0")]
    specversion: String,
    /// Unique within the source: the same id again counts once.
    #[schema(min_length = 1, max_length = 200, example = "2026-01-15T09:00/web-1")]
    id: String,
    /// Who measured, as a URI reference.
    #[schema(min_length = 1, max_length = 190, example = "https://example.com/meters/web-1")]
    source: String,
    /// The meter, as plans price it.
    #[schema(rename = "type", min_length = 1, max_length = 200, example = "checks_run")]
    r#type: String,
    /// The instance.
    #[schema(pattern = "^ins_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "ins_01h455vb4pex5vsknk084sn02q")]
    subject: String,
    /// When it was used, which decides the term that it is charged in.
    #[schema(format = DateTime, example = "2026-01-15T09:00:00Z")]
    time: String,
    data: UsageData,
}

/// One event or a batch.
pub struct PlainEvents;

impl PartialSchema for PlainEvents {
    fn schema() -> RefOr<Schema> {
        let one = || Ref::from_schema_name("CloudEvent");
        Schema::OneOf(OneOfBuilder::new().item(one()).item(ArrayBuilder::new().items(one())).build()).into()
    }
}

impl ToSchema for PlainEvents {}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a part of the body")]
pub struct UsageData {
    /// Zero or more, in the meter's unit: a number, or a decimal as text to be exact beyond 15 digits.
    #[schema(schema_with = decimal_schema)]
    value: Value,
    /// What unique counts tell apart.
    #[schema(max_length = 200)]
    unique: Option<String>,
}

/// What became of the events, in their order.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventReport {
    pub accepted: usize,
    pub duplicate: usize,
    pub refused: usize,
    pub events: Vec<EventAnswer>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EventAnswer {
    pub source: String,
    pub id: String,
    pub outcome: Outcome,
    /// What this event alone would have been answered.
    #[schema(example = 202)]
    pub status: u16,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Accepted,
    /// It was accepted before; it counts once.
    Duplicate,
    Refused,
}

/// Why one event was not counted.
enum Refusal {
    Fields(Vec<FieldError>),
    NoSuchInstance,
    Conflict,
    /// It is kept, and not charged.
    Kept(RefusedBecause),
}

impl Refusal {
    const fn code(&self) -> &'static str {
        match self {
            Self::Fields(_) => "event.invalid",
            Self::NoSuchInstance => "event.no_such_instance",
            Self::Conflict => "event.conflict",
            Self::Kept(RefusedBecause::TooLate) => "event.too_late",
            Self::Kept(RefusedBecause::NotSubscribed) => "event.not_subscribed",
            Self::Kept(RefusedBecause::UnknownMeter) => "event.unknown_meter",
            Self::Kept(RefusedBecause::TooLarge) => "event.too_large",
        }
    }

    fn problem(&self) -> Problem {
        match self {
            Self::Fields(fields) => Problem::refused(self.code(), "The event needs another look.".to_owned(), fields),
            Self::NoSuchInstance => Problem::new(self.code(), "The event names an instance that is not there.").pointer("/subject", "unknown", "There is no such instance"),
            Self::Conflict => Problem::new(self.code(), "An event with this source and id was accepted with another payload."),
            Self::Kept(because) => {
                let why = match because {
                    RefusedBecause::TooLate => "The term was closed too long ago.",
                    RefusedBecause::NotSubscribed => "The instance was not subscribed to at that time.",
                    RefusedBecause::UnknownMeter => "The instance's plan has no such meter.",
                    RefusedBecause::TooLarge => "With what was counted before it is more than an invoice can bear.",
                };
                Problem::new(self.code(), format!("{why} The event is kept and listed, but not charged."))
            }
        }
    }
}

/// Reports usage as CloudEvents, one or a batch
///
/// In structured, batched or binary mode (the attributes in `ce-` headers, `application/json` with the data as the
/// body); `application/json` without such headers is taken as one event or, where it is an array, as a batch. Extension
/// attributes are allowed; the data is JSON, in `data`. An event is known by its source and id: a repeat is accepted and counts once,
/// the same with another payload is answered 409, one that cannot be charged (it came too late, nothing was subscribed to
/// at its time, the plan has no such meter, an invoice could not bear it) as well, however often it is sent. A batch is taken event by event: 202 when all were accepted, 207 when some were refused, which `events` tells
/// apart. At most 1,000 events and 1 MB.
#[utoipa::path(
    post,
    path = "/api/v1/events",
    operation_id = "reportEvents",
    tag = "Usage",
    request_body(content((CloudEvent = "application/cloudevents+json"), (Vec<CloudEvent> = "application/cloudevents-batch+json"), (PlainEvents = "application/json"))),
    responses(
        (status = 202, description = "All were accepted, now or before", body = EventReport),
        (status = 207, description = "Some of a batch were refused", body = EventReport),
    ),
    security(("key" = ["usage:write"])),
)]
pub async fn report_events(Caller(cx): Caller, headers: HeaderMap, body: Bytes) -> Result<Response, Problem> {
    let (events, alone) = match event::sent(&headers, &body)? {
        event::Sent::One(event) => (vec![event], true),
        event::Sent::Batch(events) => (events, false),
    };
    if events.len() > BATCH_LIMIT {
        return Err(Problem::new("body.invalid", "The batch is too long.").pointer("", "too_many", format!("At most {BATCH_LIMIT} events")));
    }
    let outcomes = take(&cx, &events).await?;
    if let (true, Some(Err(refusal))) = (alone, outcomes.first()) {
        return Err(refusal.problem());
    }
    let report = report(&events, outcomes);
    let status = if report.refused == 0 { StatusCode::ACCEPTED } else { StatusCode::MULTI_STATUS };
    Ok((status, Json(report)).into_response())
}

/// Takes those that can be read, and says of each what became of it.
async fn take(cx: &Cx, events: &[Event]) -> Result<Vec<Result<Outcome, Refusal>>, Problem> {
    let read: Vec<Result<UsageEvent, Vec<FieldError>>> = events.iter().map(event::usage).collect();
    let named: Vec<InstanceId> = read.iter().flatten().map(|event| event.instance).collect::<BTreeSet<_>>().into_iter().collect();
    let own = if named.is_empty() { BTreeSet::new() } else { own_instances(cx, Need::USAGE_WRITE, &named).await? };
    let good: Vec<UsageEvent> = read.iter().flatten().filter(|event| own.contains(&event.instance)).cloned().collect();
    let mut taken = if good.is_empty() { Vec::new() } else { record_usage(cx, &good).await? }.into_iter();
    let outcomes = read.into_iter().map(|event| match event {
        Err(fields) => Err(Refusal::Fields(fields)),
        Ok(event) if !own.contains(&event.instance) => Err(Refusal::NoSuchInstance),
        Ok(_) => match taken.next() {
            Some(UsageOutcome::Accepted) => Ok(Outcome::Accepted),
            Some(UsageOutcome::Duplicate) => Ok(Outcome::Duplicate),
            Some(UsageOutcome::Refused { because }) => Err(Refusal::Kept(because)),
            Some(UsageOutcome::Invalid { errors }) => Err(Refusal::Fields(errors.into_iter().map(attribute).collect())),
            Some(UsageOutcome::Conflict) | None => Err(Refusal::Conflict),
        },
    });
    Ok(outcomes.collect())
}

/// Where a field of the area stands in the event.
fn attribute(error: FieldError) -> FieldError {
    let pointer = match error.field.as_str() {
        "meter" => "/type".to_owned(),
        "value" | "unique" => format!("/data/{}", error.field),
        name => format!("/{name}"),
    };
    FieldError { field: pointer, ..error }
}

fn report(events: &[Event], outcomes: Vec<Result<Outcome, Refusal>>) -> EventReport {
    let mut report = EventReport { accepted: 0, duplicate: 0, refused: 0, events: Vec::with_capacity(events.len()) };
    for (index, (event, outcome)) in events.iter().zip(outcomes).enumerate() {
        let (source, id) = event::identity(event);
        let answer = match outcome {
            Ok(outcome) => EventAnswer { source, id, outcome, status: StatusCode::ACCEPTED.as_u16(), code: None, errors: Vec::new() },
            Err(refusal) => {
                let problem = refusal.problem();
                let errors = problem.errors_below(&format!("/{index}"));
                EventAnswer { source, id, outcome: Outcome::Refused, status: problem.status().as_u16(), code: Some(problem.code().to_owned()), errors }
            }
        };
        match answer.outcome {
            Outcome::Accepted => report.accepted += 1,
            Outcome::Duplicate => report.duplicate += 1,
            Outcome::Refused => report.refused += 1,
        }
        report.events.push(answer);
    }
    report
}
