//! The server inside this process: starting it, reaching it, stopping it.
//!
//! One value, managed by Tauri for the life of the app. Starting and stopping exclude each other by holding the
//! server's lock for as long as they take, so a "Quit" during the start stops what the start has brought up.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use hearth_server::{ConsoleDoor, Passphrase, RunningServer};
use tauri::async_runtime::JoinHandle;
use tokio::sync::{Notify, watch};

use crate::boot;
use crate::state::StartState;

/// The server, the state of its start, and what hangs on them.
pub(crate) struct Hearth {
    folder: PathBuf,
    state: watch::Sender<StartState>,
    server: tokio::sync::Mutex<Option<RunningServer>>,
    /// The way in for the console. Apart from the server, so that using it never waits for a start or a stop.
    door: Mutex<Option<ConsoleDoor>>,
    /// The task that streams events to the console's page. A new subscription ends the one before.
    stream: Mutex<Option<JoinHandle<()>>>,
    changed: Notify,
    is_stopping: AtomicBool,
    is_stopped: AtomicBool,
}

impl Hearth {
    /// A Hearth that keeps everything in `folder`. It does not run yet.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            state: watch::Sender::new(StartState::Starting),
            server: tokio::sync::Mutex::new(None),
            door: Mutex::new(None),
            stream: Mutex::new(None),
            changed: Notify::new(),
            is_stopping: AtomicBool::new(false),
            is_stopped: AtomicBool::new(false),
        }
    }

    /// The data folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// How the start stands, and every change of it.
    pub(crate) fn state(&self) -> watch::Receiver<StartState> {
        self.state.subscribe()
    }

    /// The door into the running server; `None` while there is none.
    pub(crate) fn door(&self) -> Option<ConsoleDoor> {
        self.door.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts the server unless it runs or is being stopped. The outcome is the state.
    pub(crate) async fn start(&self, passphrase: Option<Passphrase>) {
        let mut server = self.server.lock().await;
        if server.is_some() || self.is_stopping() {
            return;
        }
        self.state.send_replace(StartState::Starting);
        let outcome = match boot::start(&self.folder, passphrase).await {
            Ok(running) => {
                self.put_door(Some(running.console()));
                *server = Some(running);
                StartState::Running
            }
            Err(error) => {
                tracing::error!(%error, "the server did not start");
                error.into()
            }
        };
        self.state.send_replace(outcome);
    }

    /// Stops the server gracefully, waiting for a start that is under way.
    pub(crate) async fn stop(&self) -> anyhow::Result<()> {
        let running = self.server.lock().await.take();
        self.put_door(None);
        self.stream_by(None);
        match running {
            Some(running) => Ok(running.stop().await?),
            None => Ok(()),
        }
    }

    /// Marks the app as ending; false when it was already.
    pub(crate) fn begin_stopping(&self) -> bool {
        !self.is_stopping.swap(true, Ordering::SeqCst)
    }

    /// Marks that nothing is left to stop.
    pub(crate) fn has_stopped(&self) {
        self.is_stopped.store(true, Ordering::SeqCst);
    }

    /// Whether the app is ending.
    pub(crate) fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::SeqCst)
    }

    /// Whether nothing is left to stop.
    pub(crate) fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::SeqCst)
    }

    /// Lets `task` be the one that streams events to the page, ending the one before.
    pub(crate) fn stream_by(&self, task: Option<JoinHandle<()>>) {
        let before = std::mem::replace(
            &mut *self.stream.lock().unwrap_or_else(PoisonError::into_inner),
            task,
        );
        if let Some(before) = before {
            before.abort();
        }
    }

    /// Says that something the tray shows may have changed.
    pub(crate) fn nudge(&self) {
        self.changed.notify_one();
    }

    /// Waits for the next [`Self::nudge`].
    pub(crate) async fn nudged(&self) {
        self.changed.notified().await;
    }

    fn put_door(&self, door: Option<ConsoleDoor>) {
        *self.door.lock().unwrap_or_else(PoisonError::into_inner) = door;
    }
}
