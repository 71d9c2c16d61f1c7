//! Live events on their way to the console's page.

use hearth_server::{ConsoleDoor, Signal};
use tauri::ipc::Channel;

/// What the page is told when it could not keep up: read everything again.
const MISSED: &str = r#"{"type":"stream.missed"}"#;

/// Forwards every event from `door` to `channel`, until the page is gone or the task is ended.
///
/// A page that falls behind misses events instead of holding up the server; it is told so and goes on from there.
pub(crate) async fn forward(door: ConsoleDoor, channel: Channel<String>) {
    let mut events = door.events();
    loop {
        let text = match events.recv().await {
            Ok(Signal::Event(json)) => String::from_utf8_lossy(&json).into_owned(),
            // Orders to browsers' sockets: the console has no session that could end.
            Ok(_) => continue,
            Err(_) => {
                events = door.events();
                MISSED.to_owned()
            }
        };
        if channel.send(text).is_err() {
            return;
        }
    }
}
