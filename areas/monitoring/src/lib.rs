//! Area monitoring.
