//! Refusals of the use cases, with their stable codes.

use kernel::{Denied, Fault, FieldError};

/// Why something was not shown.
#[derive(Debug, thiserror::Error)]
pub enum MonitoringError {
    #[error("there is no such check")]
    NotFound,
    #[error("the cursor does not belong to this list")]
    BadCursor,
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

impl MonitoringError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "monitoring.not_found",
            Self::BadCursor => "monitoring.bad_cursor",
            Self::Denied(Denied::SignedOut) => "access.signed_out",
            Self::Denied(Denied::TooLittle) => "access.denied",
            Self::Denied(Denied::NoTenant) => "access.no_tenant",
            Self::Fault(_) => "fault",
        }
    }
}

/// Why maintenance was not planned or taken back.
#[derive(Debug, thiserror::Error)]
pub enum MaintenanceError {
    #[error("some fields need another look")]
    Fields(Vec<FieldError>),
    #[error("there is no such maintenance")]
    NotFound,
    /// As many as one organisation may have ahead of it.
    #[error("{} are planned already: take one back first", crate::maintenance::MOST_PLANNED)]
    TooMany,
    #[error("this maintenance is over or was taken back")]
    Over,
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

impl MaintenanceError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Fields(_) => "monitoring.invalid",
            Self::NotFound => "monitoring.maintenance_not_found",
            Self::TooMany => "monitoring.too_much_maintenance",
            Self::Over => "monitoring.maintenance_over",
            Self::Denied(Denied::SignedOut) => "access.signed_out",
            Self::Denied(Denied::TooLittle) => "access.denied",
            Self::Denied(Denied::NoTenant) => "access.no_tenant",
            Self::Fault(_) => "fault",
        }
    }

    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Fields(fields) => fields,
            Self::NotFound | Self::TooMany | Self::Over | Self::Denied(_) | Self::Fault(_) => &[],
        }
    }
}

platform::refusals!(MonitoringError, MaintenanceError);

/// The platform's own transactions are never denied; if one is, that is a fault.
pub(super) fn opened(opened: platform::Opened) -> Fault {
    match opened {
        platform::Opened::Fault(fault) => fault,
        platform::Opened::Denied(denied) => Fault::new(format!("the platform itself was denied: {denied}")),
    }
}
