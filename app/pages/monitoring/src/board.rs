//! The list of checks: what is wrong first, narrowed and paged as the address says.

use crate::sheets::{Board, BoardRow, Summary};
use kernel::Page;
use kit::table::ListQuery;
use monitoring::{
    check::Status,
    server::{MonitoringError, days_of},
    view::{CheckView, Overview},
};
use platform::Cx;

/// Rows of one page: each brings its 90 days.
const ROWS: usize = 20;

pub async fn board(cx: &Cx, overview: Overview, query: &ListQuery) -> Result<Board, MonitoringError> {
    let summary = Summary::from(&overview);
    let known = overview.checks.iter().map(|check| check.id).collect();
    let sought = sought(overview.checks, query);
    let start = match &query.after {
        Some(text) => text.parse::<usize>().map_err(|_| MonitoringError::BadCursor)?,
        None => 0,
    };
    let next = (sought.len() > start.saturating_add(ROWS)).then(|| (start + ROWS).to_string());
    let shown: Vec<CheckView> = sought.into_iter().skip(start).take(ROWS).collect();
    let mut days = days_of(cx, &Vec::from_iter(shown.iter().map(|check| check.id))).await?;
    // One that ended between the two questions has none.
    let rows = shown.into_iter().filter_map(|check| days.remove(&check.id).map(|days| BoardRow { check, days })).collect();
    Ok(Board { summary, known, page: Page { rows, next } })
}

/// Those that the address asks for, in its order.
pub fn sought(mut checks: Vec<CheckView>, query: &ListQuery) -> Vec<CheckView> {
    let text = query.q.trim().to_lowercase();
    let holds = |check: &CheckView| text.is_empty() || check.name.to_lowercase().contains(&text) || check.target.to_lowercase().contains(&text);
    let state = query.filter("state");
    let kind = query.filter("kind");
    checks.retain(|check| holds(check) && state.is_none_or(|state| state == check.shown_state()) && kind.is_none_or(|kind| kind == check.kind));
    let (column, descending) = query.sort.as_ref().map_or(("", false), |sort| (sort.column.as_str(), sort.descending));
    match column {
        "name" => checks.sort_by_key(|check| check.name.to_lowercase()),
        "response" => checks.sort_by_key(|check| (check.response_ms.is_none(), check.response_ms)),
        _ => checks.sort_by_key(|check| (urgency(check), check.name.to_lowercase())),
    }
    if descending {
        checks.reverse();
    }
    checks
}

/// What needs a look stands first.
const fn urgency(check: &CheckView) -> u8 {
    match check.status {
        _ if check.paused => 4,
        Status::Down => 0,
        Status::Degraded => 1,
        Status::Unknown => 2,
        Status::Up => 3,
    }
}
