//! The `SQLite` engine.
