//! The catalog's use cases: browsing for everybody, editing for operators.

mod audited;
mod browse;
mod configuration;
mod edit;
mod seed;
mod seed_plans;
mod store;

pub use audited::{archive, create_offering, pause, publish, resume, save_draft, set_prices, start_draft, update_offering};
pub use browse::{list_offerings, offering_by_slug, plan, plan_for_order, plan_on_sale, public_offering, public_offerings, tier_plans, tiers_on_sale};
pub use configuration::{schema_findings, validate_configuration};
pub use edit::{CatalogError, OfferingCommand, editor, staff_offerings};
pub use seed::seed_catalog;
