//! The parts of one service's page.

mod acts;
mod activity;
mod configuration;
mod credentials;
mod header;
mod live;
mod overview;
mod planned;
mod plans;
mod tab;
mod under_way;
mod usage;

pub use activity::Log;
pub use acts::{Acts, Trouble};
pub use header::Header;
pub use planned::Planned;
pub use tab::{Concerns, Sheet, SheetView, TabName, sheet};
pub use under_way::UnderWay;
pub(crate) use under_way::steps;
