//! Pages of compliance.
