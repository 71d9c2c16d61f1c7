//! How it is kept: schema, migrations, typed queries and engines.
//!
//! The one crate that knows SQL. Everything above it sees a [`Store`] that runs short closures in
//! transactions ([`ReadTx`], [`WriteTx`]), and [`tables`], where each table has its shape, its rows and its
//! queries in one file. Which engine keeps the data is decided at opening ([`sqlite::open`]); no type of any
//! database driver appears in this crate's public API.

pub mod error;
pub mod sqlite;
pub mod store;
pub mod tables;
pub mod testing;
pub mod tx;
pub mod value;

mod dialect;
mod engine;
mod schema;

pub use error::StoreError;
pub use store::Store;
pub use tx::{ReadTx, Sql, WriteTx};
pub use value::{FromValue, Row, Value};
