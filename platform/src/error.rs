//! From database errors to faults, and what opening a transaction may answer.

use kernel::{Denied, Fault};

/// Why a transaction was not opened.
#[derive(Debug, thiserror::Error)]
pub enum Opened {
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A database error as a fault: logged here, once, with what the caller was about. Connection trouble passes.
#[track_caller]
pub fn fault(error: sqlx::Error) -> Fault {
    let at = std::panic::Location::caller();
    let passing = matches!(
        error,
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Tls(_)
    ) || error.as_database_error().and_then(|e| e.code()).is_some_and(|code| {
        // Connection exceptions, shutdown, start-up, serialisation, deadlock.
        code.starts_with("08") || code.starts_with("57P") || code == "40001" || code == "40P01" || code == "53300"
    });
    tracing::error!(error = %error, passing, file = at.file(), line = at.line(), "The database refused or did not answer: {error}");
    if passing { Fault::passing("the database does not answer") } else { Fault::new("the database refused") }
}

/// The name of the constraint that a write broke, if that is what the error is.
pub fn broken_constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(|database| database.constraint())
}

/// Use cases write `?` on database calls: their refusal enums take a fault, this makes one of sqlx's error.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Sql(#[from] pub sqlx::Error);

impl From<Sql> for Fault {
    #[track_caller]
    fn from(error: Sql) -> Self {
        fault(error.0)
    }
}

/// Declares the conversions that every use case's refusal enum needs, from `Denied`, `Fault`, `Opened`, `sqlx::Error`, and
/// that it is a `platform::Refusal`. The enum must have variants `Denied(Denied)` and `Fault(Fault)`, and `code()`.
#[macro_export]
macro_rules! refusals {
    ($($name:ty),+ $(,)?) => {$(
        impl From<kernel::Denied> for $name {
            fn from(denied: kernel::Denied) -> Self {
                Self::Denied(denied)
            }
        }
        impl From<kernel::Fault> for $name {
            fn from(fault: kernel::Fault) -> Self {
                Self::Fault(fault)
            }
        }
        impl From<$crate::Opened> for $name {
            fn from(opened: $crate::Opened) -> Self {
                match opened {
                    $crate::Opened::Denied(denied) => Self::Denied(denied),
                    $crate::Opened::Fault(fault) => Self::Fault(fault),
                }
            }
        }
        impl From<sqlx::Error> for $name {
            #[track_caller]
            fn from(error: sqlx::Error) -> Self {
                Self::Fault($crate::fault(error))
            }
        }
        impl $crate::Refusal for $name {
            fn refused(&self) -> Option<$crate::attempt::Because> {
                match self {
                    Self::Fault(_) => None,
                    Self::Denied(_) => Some($crate::attempt::Because::Permission(self.code())),
                    refusal => Some($crate::attempt::Because::Rules(refusal.code())),
                }
            }
        }
    )+};
}
