//! What this crate promises to the rest of the house and to other servers, tested through its public face.

#![expect(clippy::unwrap_used, reason = "helpers of tests are not recognised as tests")]

mod events;
mod hostile;
mod names;
mod reference_vectors;
mod signed_forms;
mod signing_vectors;
mod time;
