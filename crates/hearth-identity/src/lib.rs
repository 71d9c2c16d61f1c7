//! Who this server is: custody of every secret, TLS certificates, rotation.
//!
//! Three things make a server recognisable, and each may change while the others stay: its *signing key*
//! (years, kept by a [`SecretStore`]), its *TLS certificate* ([`tls`], months) and its address (not ours to
//! know). This is the only crate that touches private keys; others get public halves, signatures and tokens.
//!
//! Secrets are in the operating system's keyring ([`keyring`]) or, by explicit choice, in a file sealed with
//! a passphrase ([`sealed_file`]) or a plain file that only this account may read ([`plain_file`]). Nothing
//! falls back from one to another by itself, and a key that should exist and does not is an error, never a
//! reason to make a new one.
//!
//! Everything here blocks (files, a prompt of the keyring, a slow hash on purpose): asynchronous callers use
//! a blocking thread. No secret is ever logged or shown by `Debug`; memory that held one is wiped when it is
//! dropped, as far as the libraries below allow.

mod attestation;
mod identity;
mod key_file;
pub mod keyring;
pub mod memory;
pub mod plain_file;
pub mod sealed_file;
mod secrets;
pub mod tls;
pub mod tokens;

pub use identity::{Identity, IdentityError};
pub use key_file::KeyFileError;
pub use secrets::{KeyStoreKind, SecretError, SecretName, SecretStore};
