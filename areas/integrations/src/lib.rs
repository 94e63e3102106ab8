//! Area integrations.
