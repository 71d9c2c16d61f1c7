//! The conventions that every request and response follows (d3chat.md section 1, cryptid.md 2.0), so that
//! handlers only say what is particular to them.
//!
//! From the outside in: [`trace`] numbers and logs, [`headers`] dresses every response, [`gate`] answers for
//! hosts, other origins and the global budget, [`panics`] turns a bug into a 500. Then the handler runs, with
//! its arguments read by [`body`], [`query`] and [`path`].

pub(crate) mod body;
pub(crate) mod client;
pub(crate) mod cors;
pub(crate) mod error;
pub(crate) mod fault;
pub(crate) mod fields;
pub(crate) mod gate;
pub(crate) mod headers;
pub(crate) mod hosts;
pub(crate) mod panics;
pub(crate) mod path;
pub(crate) mod query;
pub(crate) mod refusal;
pub(crate) mod trace;
