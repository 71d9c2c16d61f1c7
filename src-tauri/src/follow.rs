//! Keeps window and tray in step with the server: one task, which wakes when something may have changed.

use hearth_server::{ConsoleDoor, Subscriber};
use tauri::{AppHandle, Emitter, Manager, async_runtime};

use crate::hearth::Hearth;
use crate::state::StartState;
use crate::{owner_api, tray, window};

/// The event that tells the page of a new [`StartState`].
const START_STATE: &str = "start-state";

/// Follows the server for the life of the app.
pub(crate) fn start(app: &AppHandle) {
    let app = app.clone();
    async_runtime::spawn(async move { follow(&app).await });
}

async fn follow(app: &AppHandle) {
    let hearth = app.state::<Hearth>();
    let mut states = hearth.state();
    let mut events = None;
    loop {
        let state = states.borrow_and_update().clone();
        announce(app, &state);
        loop {
            let door = hearth.door();
            if events.is_none() {
                events = door.as_ref().map(ConsoleDoor::events);
            }
            show(app, &state, door.as_ref()).await;
            tokio::select! {
                changed = states.changed() => match changed {
                    Ok(()) => break,
                    Err(_) => return,
                },
                () = hearth.nudged() => {}
                () = next(&mut events) => {}
            }
        }
        events = None;
    }
}

/// Waits for an event of any kind. Without events to wait for, for ever; after missing some, not at all.
async fn next(events: &mut Option<Subscriber>) {
    match events {
        Some(subscriber) => {
            if subscriber.recv().await.is_err() {
                *events = None;
            }
        }
        None => std::future::pending().await,
    }
}

fn announce(app: &AppHandle, state: &StartState) {
    if let Err(error) = app.emit_to(window::LABEL, START_STATE, state) {
        tracing::warn!(%error, "the page could not be told how the start stands");
    }
}

async fn show(app: &AppHandle, state: &StartState, door: Option<&ConsoleDoor>) {
    let status = match door {
        Some(door) => owner_api::status(door)
            .await
            .inspect_err(|error| tracing::warn!(%error, "no status"))
            .ok(),
        None => None,
    };
    tray::show(app, &tray::View::of(state, status.as_ref()));
}
