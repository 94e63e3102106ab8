//! The use cases of billing.

mod account;
mod audited;
mod carry;
mod change;
mod charge;
mod close_terms;
mod due;
mod dun;
mod errors;
mod gateway;
pub mod handlers;
mod instance_plan;
mod invoices;
mod issue;
pub mod jobs;
mod letters;
mod payments;
pub mod pdf;
mod quote;
mod record_usage;
mod settings;
mod store;
mod subscribe;
mod subscriptions;
pub mod sweep;
mod usage_report;

pub use account::{account, balance_history, may_order, open_for_organisation, orders_are_held};
pub use audited::{
    cancel_subscription, change_subscription, grant_credit, keep_subscription, record_bank_transfer, record_reviewed_transfer, save_bank_accounts,
    save_payment_terms, subscribe_tier,
};
pub use change::{end_instance_subscription, follow_instance_plan, preview_change};
pub use close_terms::close_terms;
pub use due::{close_terms_of, collecting, due_attempts, due_dunning, due_terms, dun_account_of, next_due, reconcile_attempt_of};
pub use dun::dun;
pub use errors::{BillingError, Promise};
pub use gateway::{AttemptState, BankTransfer, Charge, GatewayAnswer, GatewayAway, PaymentGateway, attempt_payment, reconcile_attempt};
pub use instance_plan::{
    Outlook, PlanTiming, Then, debts_stop_services, due_instance_changes, outlook, plan_charged, plan_instance_change, return_to_plan, sold_to,
    subscription_of, tier_subscribed, withdraw_instance_change,
};
pub use invoices::{
    PdfFile, Wanted, derivation, get_invoice, get_invoice_for_staff, invoice_pdf, invoice_pdf_for_staff, list_invoices, list_invoices_for_staff,
};
pub use payments::{BANK_TRANSFER, RecordTransfer, payments};
pub use quote::{public_quote, quote};
pub use record_usage::{BATCH_LIMIT, UsageEvent, UsageOutcome, record_usage};
pub use settings::{adopt_provider, billing_settings};
pub use subscribe::start_instance_subscription;
pub use subscriptions::{Which, subscription, subscriptions, subscriptions_page};
pub use sweep::sweep;
pub use usage_report::{refused_usage, usage_page, usage_report, usage_set_aside};
