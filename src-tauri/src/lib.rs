//! What does the desktop add? A window, a tray, and the in-process door to the server that runs inside.
//!
//! The shell forwards and does not decide: accounts, trust and settings live in the server, and the console in the
//! window reaches them through [`door`] as a browser would over HTTPS. What is decided here is only what a desktop
//! decides: where the data folder is, when to start and stop, what the tray shows.
//!
//! Begin with [`run`], then `hearth.rs` (the server's life), `boot.rs` (its start) and `commands.rs` (what the page
//! may ask).

mod boot;
mod browser;
mod commands;
mod door;
mod federation;
mod follow;
mod hearth;
mod locale;
mod naming;
mod notice;
mod owner_api;
mod shutdown;
mod state;
mod stream;
mod tray;
mod window;

use std::process::ExitCode;

use tauri::{App, AppHandle, Manager, RunEvent, Window, WindowEvent, async_runtime};

use crate::hearth::Hearth;
use crate::state::StartState;

/// Runs the desktop app until it ends. The exit code is 0 when the server inside was stopped cleanly.
pub fn run() -> ExitCode {
    locale::ensure();
    if !has_screen() {
        eprintln!("hearth: there is no screen here. `hearthd run` starts the server without a window.");
        return ExitCode::FAILURE;
    }
    match build() {
        Ok(app) => ExitCode::from(u8::try_from(app.run_return(on_event)).unwrap_or(u8::MAX)),
        Err(error) => {
            eprintln!("hearth: the app could not be started: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> tauri::Result<App> {
    tauri::Builder::default()
        // First of all: a second start ends here and shows the first one's window.
        .plugin(tauri_plugin_single_instance::init(|app, _arguments, _folder| {
            window::show(app);
        }))
        .invoke_handler(tauri::generate_handler![
            commands::door,
            commands::open_in_browser,
            commands::quit,
            commands::retry_start,
            commands::start_state,
            commands::subscribe,
            commands::use_passphrase,
        ])
        .on_window_event(on_window_event)
        .setup(|app| Ok(set_up(app.handle())?))
        .build(tauri::generate_context!())
}

fn set_up(app: &AppHandle) -> anyhow::Result<()> {
    let folder = boot::data_folder(app)?;
    boot::start_logging(&folder)?;
    app.manage(Hearth::new(folder));
    tray::place(app);
    window::make(app)?;
    follow::start(app);
    shutdown::on_signals(app);
    let app = app.clone();
    async_runtime::spawn(async move { app.state::<Hearth>().start(None).await });
    Ok(())
}

/// Closing the window hides it while there is a server to keep running. One that waits for its owner or failed has
/// nothing to stay for.
fn on_window_event(window: &Window, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api, .. } = event else {
        return;
    };
    api.prevent_close();
    let app = window.app_handle();
    let keeps_running = matches!(
        *app.state::<Hearth>().state().borrow(),
        StartState::Running | StartState::Starting
    );
    if !keeps_running {
        shutdown::begin(app);
        return;
    }
    window::hide(app);
    let app = app.clone();
    async_runtime::spawn(async move {
        notice::closing_hides(app.state::<Hearth>().folder(), tray::is_placed(&app)).await;
    });
}

/// However the toolkit comes to think that it should end, the server is stopped first.
fn on_event(app: &AppHandle, event: RunEvent) {
    if let RunEvent::ExitRequested { api, .. } = event
        && !app.state::<Hearth>().is_stopped()
    {
        api.prevent_exit();
        shutdown::begin(app);
    }
}

#[cfg(target_os = "linux")]
fn has_screen() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Other systems always have one.
#[cfg(not(target_os = "linux"))]
fn has_screen() -> bool {
    true
}
