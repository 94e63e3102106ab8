//! The catalog: offerings, their versions, plans, prices and the shapes of configurations. Default features hold the
//! rules and views; `server` adds the use cases.

mod draft;
mod offering;
mod plan;
mod pricing;
mod text;
mod view;

pub use draft::{DraftFinding, Severity, check_draft, check_service};
pub use offering::{Offering, OfferingState, PLATFORM, Version, VersionState};
pub use plan::{ChangeTiming, Plan, PlanTerms, Proration};
pub use pricing::{Aggregation, Basis, ChargeModel, Component, Interval, PercentageTier, Price, Tier};
pub use text::Text;
pub use view::{EditorView, OfferingCard, OfferingView, PlanCard, StaffOffering, VersionSummary};

#[cfg(feature = "server")]
pub mod server;
