//! The server as its clients meet it: over its router in this process, and over real TLS connections where the
//! connection itself matters.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod auth;
mod bad_input;
mod browser;
mod chat;
mod config;
mod conventions;
mod health;
mod hosts;
mod listener;
mod openapi;
mod owner;
mod setup;
mod sockets;
mod start;
mod support;
mod web;
mod well_known;
