//! Refusals of the use cases, with their stable codes.

use kernel::{Denied, Fault};

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

platform::refusals!(MonitoringError);

/// The platform's own transactions are never denied; if one is, that is a fault.
pub(super) fn opened(opened: platform::Opened) -> Fault {
    match opened {
        platform::Opened::Fault(fault) => fault,
        platform::Opened::Denied(denied) => Fault::new(format!("the platform itself was denied: {denied}")),
    }
}
