//! The bus from outside: one conformance suite for every implementation, run here on the in-process one.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod conformance;
mod in_process;
