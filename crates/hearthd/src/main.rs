//! The headless Hearth server.
fn main() {}
