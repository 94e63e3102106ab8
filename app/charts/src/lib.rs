//! Charts: made on the server with charming, drawn in the browser by ECharts, which is loaded only where a chart is
//! seen. Behind each stands a table that says the same, in the same zone: the one in which the page shows times.
//!
//! In a server function: `TimeSeries::new("ms").line(name, points).over(span, now).build()` gives a `ChartData`; without
//! `over` the axis goes as far as the points. On the page: `<Chart title=".." data=data/>`, where the title says the
//! finding. What several pages draw alike has a component of its own here: `<ResponseChart sheet=sheet/>`.

mod chart;
mod data;
mod response;
#[cfg(feature = "ssr")]
mod time_series;

pub use chart::Chart;
pub use data::{ChartData, Series};
#[cfg(feature = "ssr")]
pub use response::Probes;
pub use response::{ResponseChart, ResponseSheet, milliseconds};
#[cfg(feature = "ssr")]
pub use time_series::TimeSeries;
