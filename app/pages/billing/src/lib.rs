//! Pages of billing.
