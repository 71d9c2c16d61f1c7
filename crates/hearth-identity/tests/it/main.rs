//! Identity from outside: sealed files under attack, real handshakes, and a real Secret Service.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

#[cfg(target_os = "linux")]
mod keyring;
mod sealed_file;
mod tls;
