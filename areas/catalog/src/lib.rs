//! Area catalog.
