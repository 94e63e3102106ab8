//! Helpers for database tests.
