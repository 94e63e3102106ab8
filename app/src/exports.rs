//! Lists as files: where each is, the page that shows the same list, and what makes the file. The address carries the same search, filters and order as the list's.

use kit::table::{ListQuery, csv::Making};
use platform::Cx;

pub type Export = fn(Cx, ListQuery) -> Making;

/// Those of the provider stand below `/provider`, where the staff's session counts.
pub const EXPORTS: [(&str, &str, Export); 8] = [
    ("/services.csv", "/services", pages_provisioning::export::services),
    ("/monitoring.csv", "/monitoring", pages_monitoring::export::checks),
    ("/billing/invoices.csv", "/billing", pages_billing::export::invoices),
    ("/activity.csv", "/activity", pages_compliance::export::activity),
    ("/provider/tenants.csv", "/provider/tenants", pages_identity::export::tenants),
    ("/provider/orders.csv", "/provider/orders", pages_provisioning::export::operations),
    ("/provider/invoices.csv", "/provider/invoices", pages_billing::export::everybodys_invoices),
    ("/provider/audit.csv", "/provider/audit", pages_compliance::export::everybodys_activity),
];
