//! The `hearth` command: the desktop app.

// A release build on Windows is a window, not a console program. (Other systems ignore this.)
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    hearth_desktop::run()
}
