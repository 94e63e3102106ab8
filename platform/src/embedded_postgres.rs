//! PostgreSQL as a private child.
