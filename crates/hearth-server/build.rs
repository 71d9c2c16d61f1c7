//! Lets a release build notice that the web client was built after it.
//!
//! Development builds read the client's files when they are asked for; release builds carry them, and would
//! not look again for files that were missing before.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../../ui/dist/chat/index.html");
    }
}
