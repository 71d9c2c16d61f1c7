//! What the console may ask of the shell. Each command forwards; the capability `main` names them all.

use hearth_server::Passphrase;
use serde::Serialize;
use tauri::ipc::{Channel, InvokeBody, Request, Response};
use tauri::{AppHandle, State, async_runtime};

use crate::door::{self, DoorError};
use crate::hearth::Hearth;
use crate::state::StartState;
use crate::{browser, shutdown, stream};

/// What a command answers when it fails. The console decides by `code`; `message` is for people.
#[derive(Debug, Serialize)]
pub(crate) struct CommandError {
    code: &'static str,
    message: String,
}

impl CommandError {
    fn new(code: &'static str, message: impl ToString) -> Self {
        Self {
            code,
            message: message.to_string(),
        }
    }

    fn not_running() -> Self {
        Self::new("not_running", "The server does not run.")
    }
}

impl From<DoorError> for CommandError {
    fn from(error: DoorError) -> Self {
        Self::new(error.code(), error)
    }
}

/// One request to the owner's API, framed as [`door`] describes.
#[tauri::command]
pub(crate) async fn door(hearth: State<'_, Hearth>, request: Request<'_>) -> Result<Response, CommandError> {
    let InvokeBody::Raw(frame) = request.body() else {
        return Err(CommandError::new("bad_frame", "The door takes raw bytes."));
    };
    let request = door::decode(frame)?;
    let changes_something = !request.method().is_safe();
    let console = hearth.door().ok_or_else(CommandError::not_running)?;
    let response = console.request(request).await;
    if changes_something {
        hearth.nudge();
    }
    Ok(Response::new(door::encode(&response)?))
}

/// Streams live events to `channel`, as JSON texts, until the page subscribes anew or goes away.
#[tauri::command]
pub(crate) async fn subscribe(
    hearth: State<'_, Hearth>,
    channel: Channel<String>,
) -> Result<(), CommandError> {
    let console = hearth.door().ok_or_else(CommandError::not_running)?;
    hearth.stream_by(Some(async_runtime::spawn(stream::forward(console, channel))));
    Ok(())
}

/// How the start stands. Later changes come as the event `start-state`.
#[tauri::command]
pub(crate) fn start_state(hearth: State<'_, Hearth>) -> StartState {
    hearth.state().borrow().clone()
}

/// Starts the server with its secrets in a file sealed by `passphrase`.
#[tauri::command]
pub(crate) async fn use_passphrase(
    hearth: State<'_, Hearth>,
    passphrase: String,
) -> Result<StartState, CommandError> {
    let passphrase = Passphrase::new(passphrase);
    if passphrase.is_empty() {
        return Err(CommandError::new("empty_passphrase", "The passphrase is empty."));
    }
    hearth.start(Some(passphrase)).await;
    Ok(start_state(hearth))
}

/// Tries to start the server once more, with the key store of its configuration.
#[tauri::command]
pub(crate) async fn retry_start(hearth: State<'_, Hearth>) -> Result<StartState, CommandError> {
    hearth.start(None).await;
    Ok(start_state(hearth))
}

/// Opens this Hearth in the system's browser.
#[tauri::command]
pub(crate) async fn open_in_browser(hearth: State<'_, Hearth>) -> Result<(), CommandError> {
    let console = hearth.door().ok_or_else(CommandError::not_running)?;
    browser::open(&console)
        .await
        .map_err(|error| CommandError::new("no_browser", error))
}

/// Stops the server and ends the app.
#[tauri::command]
pub(crate) fn quit(app: AppHandle) {
    shutdown::begin(&app);
}
