//! The words for what provisioning says in codes: messages, steps, states, differences, meters, limits.

use i18n::tr;
use kit::{
    callout::Tone,
    time::{date_text, number_text},
};
use provisioning::{
    instance::{InstanceState, SuspendedBy},
    operation::{Message, OperationKind, OperationState},
    plan::Difference,
};

/// A sentence of an operation or its log. A driver's code that has no words yet is shown as it is.
pub fn message(message: &Message) -> String {
    let Some(code) = message.code.strip_prefix("provisioning.") else { return humanised(&message.code) };
    let argument = |name: &str| message.args.get(name).cloned().unwrap_or_default();
    match code.split_once('.') {
        Some(("message", code)) => progress(code, argument("seconds")),
        Some(("step", name)) => step(name),
        Some(("log", code)) => log(code, &argument),
        Some(("error", code)) => error(code, &argument),
        Some(_) | None => humanised(code),
    }
}

fn progress(code: &str, seconds: String) -> String {
    match code {
        "waiting" => tr!(provisioning.message.waiting).to_string(),
        "running" => tr!(provisioning.message.running).to_string(),
        "succeeded" => tr!(provisioning.message.succeeded).to_string(),
        "failed" => tr!(provisioning.message.failed).to_string(),
        "cleaning_up" => tr!(provisioning.message.cleaning_up).to_string(),
        "trying_again" => tr!(provisioning.message.trying_again, seconds = seconds).to_string(),
        "stopped" => tr!(provisioning.message.stopped).to_string(),
        other => humanised(other),
    }
}

/// A part of an operation by its driver's name for it.
pub fn step(name: &str) -> String {
    let words = match name {
        "role" => tr!(provisioning.step.role),
        "database" => tr!(provisioning.step.database),
        "access" => tr!(provisioning.step.access),
        "extensions" => tr!(provisioning.step.extensions),
        "sessions" => tr!(provisioning.step.sessions),
        "password" => tr!(provisioning.step.password),
        "check" => tr!(provisioning.step.check),
        "checks" => tr!(provisioning.step.checks),
        other => return humanised(other),
    };
    words.to_string()
}

fn log(code: &str, argument: &impl Fn(&str) -> String) -> String {
    match code {
        "started" => tr!(provisioning.log.started).to_string(),
        "continued" => tr!(provisioning.log.continued).to_string(),
        "succeeded" => tr!(provisioning.log.succeeded).to_string(),
        "cleaned_up" => tr!(provisioning.log.cleaned_up).to_string(),
        "plan_due" => tr!(provisioning.log.plan_due).to_string(),
        "plan_dropped" => tr!(provisioning.log.plan_dropped, date = day(&argument("on"))).to_string(),
        "subscription_ended" if argument("reason") == "unpaid" => tr!(provisioning.log.ended_unpaid).to_string(),
        "subscription_ended" => tr!(provisioning.log.ended_cancelled).to_string(),
        "retried" => {
            let by = match argument("by").as_str() {
                "staff" => tr!(provisioning.by.staff),
                "key" => tr!(provisioning.by.key),
                "system" => tr!(provisioning.by.system),
                _ => tr!(provisioning.by.person),
            };
            tr!(provisioning.log.retried, by = by).to_string()
        }
        "drift" => {
            let line = differs(&argument("what"), &argument("expected"), &argument("found"));
            tr!(provisioning.log.drift, line = line).to_string()
        }
        other => humanised(other),
    }
}

/// A date as the reader writes it; what is none stays.
fn day(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), date_text)
}

fn error(code: &str, argument: &impl Fn(&str) -> String) -> String {
    let amount = |name: &str| measured(&argument("meter"), argument(name).parse().unwrap_or_default());
    let words = match code {
        "below_use" => return tr!(provisioning.error.below_use, meter = meter(&argument("meter")), used = amount("used"), limit = amount("limit")).to_string(),
        "deleted_meanwhile" => tr!(provisioning.error.deleted_meanwhile),
        "plan_configuration" => return tr!(provisioning.error.plan_configuration, field = argument("field")).to_string(),
        "backend" => tr!(provisioning.error.backend),
        "data_lost" => tr!(provisioning.error.data_lost),
        "deadline" => tr!(provisioning.error.deadline),
        "extension" => return tr!(provisioning.error.extension, name = argument("name")).to_string(),
        "foreign" => tr!(provisioning.error.foreign),
        "missing" => tr!(provisioning.error.missing),
        "no_credentials" => tr!(provisioning.error.no_credentials),
        "no_driver" => tr!(provisioning.error.no_driver),
        "no_server" => tr!(provisioning.error.no_server),
        "not_allowed" => tr!(provisioning.error.not_allowed),
        "not_as_wanted" => tr!(provisioning.error.not_as_wanted),
        "sessions_stay" => tr!(provisioning.error.sessions_stay),
        "something_left" => tr!(provisioning.error.something_left),
        "timeout" => tr!(provisioning.error.timeout),
        "unknown_server" => tr!(provisioning.error.unknown_server),
        "unreachable" => tr!(provisioning.error.unreachable),
        other => return humanised(other),
    };
    words.to_string()
}

pub fn operation(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Create => tr!(provisioning.operation.create),
        OperationKind::Update => tr!(provisioning.operation.update),
        OperationKind::ChangePlan => tr!(provisioning.operation.change_plan),
        OperationKind::Suspend => tr!(provisioning.operation.suspend),
        OperationKind::Resume => tr!(provisioning.operation.resume),
        OperationKind::Rotate => tr!(provisioning.operation.rotate),
        OperationKind::Delete => tr!(provisioning.operation.delete),
        OperationKind::Restore => tr!(provisioning.operation.restore),
        OperationKind::Purge => tr!(provisioning.operation.purge),
        OperationKind::Repair => tr!(provisioning.operation.repair),
    }
}

/// A state's word and colour; `code` of an instance or an operation.
pub fn state(code: &str) -> (String, Tone) {
    match code {
        "grace" => (tr!(provisioning.states.grace).to_string(), Tone::Warn),
        "cleaning_up" => (tr!(provisioning.states.cleaning_up).to_string(), Tone::Busy),
        other => (kit::chip::label(other), kit::chip::tone(other)),
    }
}

/// An operation's state as the chips know it: a running operation is under way, a running instance is well.
pub fn operation_state(state: OperationState) -> &'static str {
    match state {
        OperationState::Running => "in_progress",
        OperationState::Waiting | OperationState::CleaningUp | OperationState::Succeeded | OperationState::Failed => state.code(),
    }
}

/// One sentence about where the instance stands.
pub fn standing(state: &InstanceState) -> String {
    match state {
        InstanceState::Creating { .. } => tr!(provisioning.now.creating).to_string(),
        InstanceState::Running => tr!(provisioning.now.running).to_string(),
        InstanceState::Updating { .. } => tr!(provisioning.now.updating).to_string(),
        InstanceState::Suspending { .. } => tr!(provisioning.now.suspending).to_string(),
        InstanceState::Suspended { .. } => tr!(provisioning.now.suspended).to_string(),
        InstanceState::Resuming { .. } => tr!(provisioning.now.resuming).to_string(),
        InstanceState::Deleting { .. } => tr!(provisioning.now.deleting).to_string(),
        InstanceState::Grace { until } => tr!(provisioning.now.grace, time = kit::time::date_time_text(*until)).to_string(),
        InstanceState::Deleted { .. } => tr!(provisioning.now.deleted).to_string(),
        InstanceState::Failed { .. } => tr!(provisioning.now.failed).to_string(),
    }
}

pub fn held(by: SuspendedBy) -> &'static str {
    match by {
        SuspendedBy::Customer => tr!(provisioning.held.customer),
        SuspendedBy::Debt => tr!(provisioning.held.debt),
        SuspendedBy::Staff => tr!(provisioning.held.staff),
    }
}

pub fn difference(difference: &Difference) -> String {
    differs(&difference.what, &difference.expected, &difference.found)
}

fn differs(what: &str, expected: &str, found: &str) -> String {
    tr!(provisioning.drift.line, what = part(what), expected = value(expected), found = value(found)).to_string()
}

fn part(what: &str) -> String {
    let words = match what {
        "database" => tr!(provisioning.drift.what.database),
        "owner_role" => tr!(provisioning.drift.what.owner_role),
        "login_role" => tr!(provisioning.drift.what.login_role),
        "database_name" => tr!(provisioning.drift.what.database_name),
        "database_owner" => tr!(provisioning.drift.what.database_owner),
        "database_accepts_connections" => tr!(provisioning.drift.what.database_accepts_connections),
        "database_open_to_all" => tr!(provisioning.drift.what.database_open_to_all),
        "database_guests" => tr!(provisioning.drift.what.database_guests),
        "database_mark" => tr!(provisioning.drift.what.database_mark),
        "login_allowed" => tr!(provisioning.drift.what.login_allowed),
        "connection_limit" => tr!(provisioning.drift.what.connection_limit),
        "works_as_owner" => tr!(provisioning.drift.what.works_as_owner),
        "read_only" => tr!(provisioning.drift.what.read_only),
        "server_rights" => tr!(provisioning.drift.what.server_rights),
        "login_mark" => tr!(provisioning.drift.what.login_mark),
        "checks" => tr!(provisioning.drift.what.checks),
        other => return humanised(other),
    };
    words.to_string()
}

fn value(text: &str) -> String {
    let words = match text {
        "present" => tr!(provisioning.drift.value.present),
        "missing" => tr!(provisioning.drift.value.missing),
        "yes" => tr!(provisioning.drift.value.yes),
        "no" => tr!(provisioning.drift.value.no),
        "none" => tr!(provisioning.drift.value.none),
        "some" => tr!(provisioning.drift.value.some),
        other => return other.to_owned(),
    };
    words.to_string()
}

/// A meter's name.
pub fn meter(meter: &str) -> String {
    let words = match meter {
        "storage_bytes" => tr!(provisioning.meters.storage_bytes),
        "storage_gb_hours" => tr!(provisioning.meters.storage_gb_hours),
        "connections" => tr!(provisioning.meters.connections),
        "connection_peak" => tr!(provisioning.meters.connection_peak),
        "checks_run" => tr!(provisioning.meters.checks_run),
        other => return humanised(other),
    };
    words.to_string()
}

/// A measured value with its unit.
pub fn measured(meter: &str, value: i64) -> String {
    if meter == "storage_bytes" { bytes(value) } else { number_text(value as f64, 0) }
}

/// `12.4 MB`, in steps of a thousand as plans count their gigabytes.
pub fn bytes(bytes: i64) -> String {
    let size = bytes as f64;
    let (value, unit, decimals) = match bytes {
        ..1_000 => (size, "B", 0),
        1_000..1_000_000 => (size / 1e3, "kB", 0),
        1_000_000..1_000_000_000 => (size / 1e6, "MB", 1),
        _ => (size / 1e9, "GB", 2),
    };
    format!("{}\u{a0}{unit}", number_text(value, decimals))
}

/// A limit's name and its value in words; a negative one stands for none.
pub fn limit(name: &str, limit: i64) -> (String, String) {
    let (label, unit) = match name {
        "storage_gb" => (tr!(provisioning.limits.storage_gb).to_string(), "GB"),
        "connections" => (tr!(provisioning.limits.connections).to_string(), ""),
        "checks" => (tr!(provisioning.limits.checks).to_string(), ""),
        "min_interval_seconds" => (tr!(provisioning.limits.min_interval_seconds).to_string(), tr!(kit.time.units.second)),
        other => (humanised(other), ""),
    };
    let unit = if unit.is_empty() { String::new() } else { format!("\u{a0}{unit}") };
    let value = if limit < 0 { tr!(provisioning.overview.unlimited).to_string() } else { format!("{}{unit}", number_text(limit as f64, 0)) };
    (label, value)
}

/// Part of where an instance is reached.
pub fn endpoint(name: &str) -> String {
    let words = match name {
        "host" => tr!(provisioning.endpoint.host),
        "port" => tr!(provisioning.endpoint.port),
        "database" => tr!(provisioning.endpoint.database),
        "user" => tr!(provisioning.endpoint.user),
        other => return humanised(other),
    };
    words.to_string()
}

/// What makes instances of a kind real.
pub fn driver(name: &str) -> String {
    match name {
        "postgresql" => tr!(provisioning.drivers.postgresql).to_string(),
        "uptime" => tr!(provisioning.drivers.uptime).to_string(),
        other => humanised(other),
    }
}

/// `owner_role` as `Owner role`: what stands where a driver says something that has no words yet.
fn humanised(code: &str) -> String {
    let words = code.replace(['_', '.'], " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_of_the_operations_has_words() {
        for code in ["waiting", "running", "succeeded", "failed", "cleaning_up", "trying_again", "stopped"] {
            assert_ne!(message(&Message::new(format!("provisioning.message.{code}")).with("seconds", 4)), humanised(code));
        }
        let drift = Message::new("provisioning.log.drift").with("what", "login_role").with("expected", "present").with("found", "missing");
        assert_eq!(message(&drift), "Found a difference. Login role: should be there, is missing");
        assert_eq!(message(&Message::new("provisioning.error.extension").with("name", "hstore")), "The extension hstore could not be installed.");
        assert_eq!(message(&Message::new("provisioning.step.new_step")), "New step");
        let below = Message::new("provisioning.error.below_use").with("meter", "storage_bytes").with("used", 3_000_000_000_i64).with("limit", 1_000_000_000);
        assert_eq!(message(&below), "The plan stays as it was: Storage is at 3\u{a0}GB, the planned one allows 1\u{a0}GB.");
        let dropped = Message::new("provisioning.log.plan_dropped").with("on", "2026-02-15");
        assert_eq!(message(&dropped), format!("The change of plan for {} was dropped with it", date_text("2026-02-15".parse().expect("a date"))));
        let ended = Message::new("provisioning.log.subscription_ended").with("reason", "unpaid");
        assert_eq!(message(&ended), "Its subscription ended because invoices were not paid. What it holds is kept for 7 days.");
    }

    #[test]
    fn sizes_count_in_thousands_as_plans_do() {
        assert_eq!([bytes(12), bytes(8_700_000), bytes(1_000_000_000)], ["12\u{a0}B", "8.7\u{a0}MB", "1\u{a0}GB"]);
    }
}
