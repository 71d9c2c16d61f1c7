//! The tray: how Hearth is while its window is closed, and the few things one wants there.
//!
//! What to show is worked out by [`View::of`], a plain function; everything else hands it to the toolkit.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tauri::image::Image;
use tauri::menu::{CheckMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager, Wry, include_image};

use crate::owner_api::Status;
use crate::state::StartState;
use crate::{federation, shutdown, window};

/// What the icon says, told apart by shape as well as colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lamp {
    /// Somebody should look: a question only the owner can answer, or a server that does not run.
    Attention,
    /// Not open to other servers: still starting, or federation is off.
    Off,
    /// All is well.
    Running,
}

/// All that the tray shows at one moment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct View {
    lamp: Lamp,
    sentence: String,
    /// The federation switch; `None` while there is nothing to switch.
    federation: Option<bool>,
}

impl View {
    /// What to show for a state of the start and, where the server runs, what it says of itself.
    pub(crate) fn of(state: &StartState, status: Option<&Status>) -> Self {
        let federation = status.map(|status| status.federation_enabled);
        let (lamp, sentence) = match (state, status) {
            (StartState::Starting, _) => (Lamp::Off, "Starting".to_owned()),
            (StartState::NeedsKeyStore { .. }, _) => {
                (Lamp::Attention, "Waiting for you: its keys are locked".to_owned())
            }
            (StartState::Failed { .. }, _) => (Lamp::Attention, "Not running: open to see why".to_owned()),
            (StartState::Running, Some(status)) if status.peers.undecided() > 0 => (
                Lamp::Attention,
                undecided(&status.server_name, status.peers.undecided()),
            ),
            (StartState::Running, Some(status)) if !status.federation_enabled => (
                Lamp::Off,
                format!("{} runs, federation is off", status.server_name),
            ),
            (StartState::Running, Some(status)) => (Lamp::Running, format!("{} runs", status.server_name)),
            (StartState::Running, None) => (Lamp::Running, "Running".to_owned()),
        };
        Self {
            lamp,
            sentence,
            federation,
        }
    }
}

fn undecided(server_name: &str, servers: u64) -> String {
    match servers {
        1 => format!("{server_name} runs, one server waits for your decision"),
        servers => format!("{server_name} runs, {servers} servers wait for your decision"),
    }
}

/// The tray's parts that change.
pub(crate) struct Tray {
    icon: TrayIcon,
    sentence: MenuItem<Wry>,
    federation: CheckMenuItem<Wry>,
}

/// Puts the icon into the tray. Where that does not work, Hearth runs without one, and the window comes back by
/// starting Hearth again.
pub(crate) fn place(app: &AppHandle) {
    // The binding of the tray library panics where the library is missing instead of returning an error.
    match catch_unwind(AssertUnwindSafe(|| build(app))) {
        Ok(Ok(tray)) => {
            app.manage(tray);
        }
        Ok(Err(error)) => tracing::warn!(%error, "no tray"),
        Err(_) => tracing::warn!("no tray: the library ayatana-appindicator3 is missing on this system"),
    }
}

/// Shows `view`, where there is a tray.
pub(crate) fn show(app: &AppHandle, view: &View) {
    let Some(tray) = app.try_state::<Tray>() else {
        return;
    };
    if let Err(error) = tray.show(view) {
        tracing::warn!(%error, "the tray could not be brought up to date");
    }
}

/// Whether there is an icon to come back by.
pub(crate) fn is_placed(app: &AppHandle) -> bool {
    app.try_state::<Tray>().is_some()
}

fn build(app: &AppHandle) -> tauri::Result<Tray> {
    let view = View::of(&StartState::Starting, None);
    let sentence = MenuItem::with_id(app, "sentence", &view.sentence, false, None::<&str>)?;
    let open = MenuItem::with_id(app, "open", "Open Hearth", true, None::<&str>)?;
    let federation = CheckMenuItem::with_id(app, "federation", "Federation", false, false, None::<&str>)?;
    let quit = MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?;
    let line = || PredefinedMenuItem::separator(app);
    let menu = Menu::with_items(app, &[&sentence, &line()?, &open, &federation, &line()?, &quit])?;
    let icon = TrayIconBuilder::with_id("hearth")
        .icon(picture(view.lamp))
        .tooltip("Hearth")
        .menu(&menu)
        .on_menu_event(chosen)
        .build(app)?;
    Ok(Tray {
        icon,
        sentence,
        federation,
    })
}

fn chosen(app: &AppHandle, event: MenuEvent) {
    match event.id().as_ref() {
        "open" => window::show(app),
        "federation" => federation::toggle(app),
        "quit" => shutdown::begin(app),
        _ => {}
    }
}

impl Tray {
    fn show(&self, view: &View) -> tauri::Result<()> {
        self.icon.set_icon(Some(picture(view.lamp)))?;
        self.icon
            .set_tooltip(Some(format!("Hearth: {}", view.sentence)))?;
        self.sentence.set_text(&view.sentence)?;
        self.federation.set_enabled(view.federation.is_some())?;
        self.federation.set_checked(view.federation.unwrap_or(false))
    }
}

fn picture(lamp: Lamp) -> Image<'static> {
    match lamp {
        Lamp::Attention => include_image!("icons/tray-attention.png"),
        Lamp::Off => include_image!("icons/tray-off.png"),
        Lamp::Running => include_image!("icons/tray-running.png"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(federation_enabled: bool, held: u64, requests: u64) -> Status {
        let json = serde_json::json!({
            "server_name": "lena.local:8443", "browser_url": "https://lena.local:8443", "has_owner": true,
            "federation_enabled": federation_enabled, "peers": { "held": held, "requests": requests },
        });
        serde_json::from_value(json).expect("a status")
    }

    #[test]
    fn a_healthy_hearth_shows_its_flame() {
        let view = View::of(&StartState::Running, Some(&status(true, 0, 0)));
        assert_eq!(view.lamp, Lamp::Running);
        assert_eq!(view.sentence, "lena.local:8443 runs");
        assert_eq!(view.federation, Some(true));
    }

    #[test]
    fn without_federation_the_arch_is_empty() {
        let view = View::of(&StartState::Running, Some(&status(false, 0, 0)));
        assert_eq!((view.lamp, view.federation), (Lamp::Off, Some(false)));
    }

    #[test]
    fn a_question_comes_before_everything_else() {
        let view = View::of(&StartState::Running, Some(&status(false, 1, 1)));
        assert_eq!(view.lamp, Lamp::Attention);
        assert_eq!(
            view.sentence,
            "lena.local:8443 runs, 2 servers wait for your decision"
        );
    }

    #[test]
    fn a_server_that_does_not_run_offers_no_switch() {
        let failed = StartState::Failed {
            code: "address_in_use",
            reason: "Taken.".to_owned(),
        };
        let asks = StartState::NeedsKeyStore {
            code: "keyring_locked",
            reason: "Locked.".to_owned(),
        };
        for (state, lamp) in [
            (StartState::Starting, Lamp::Off),
            (failed, Lamp::Attention),
            (asks, Lamp::Attention),
        ] {
            let view = View::of(&state, None);
            assert_eq!((view.lamp, view.federation), (lamp, None), "{state:?}");
        }
    }
}
