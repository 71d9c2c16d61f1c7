//! The display itself, for what a driver does not do: closing a window as its frame would, and seeing whether it is
//! there at all.

use std::sync::Arc;

use anyhow::{Context, Result};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConnectionExt, EventMask, MapState, Window,
};
use x11rb::rust_connection::RustConnection;

use crate::desk::PATIENCE;

/// A window of some process, as the display knows it.
#[derive(Debug)]
pub struct ScreenWindow {
    display: Arc<RustConnection>,
    window: Window,
}

impl ScreenWindow {
    /// The window called `name` of the process `process`.
    pub fn of(process: u32, name: &str) -> Result<Self> {
        let (display, screen) = x11rb::connect(None).context("no display")?;
        let root = display.setup().roots.get(screen).context("no screen")?.root;
        let of_process = atom(&display, "_NET_WM_PID")?;
        let windows = display.query_tree(root)?.reply()?.children;
        for window in windows {
            let pid = display
                .get_property(false, window, of_process, AtomEnum::CARDINAL, 0, 1)?
                .reply()?;
            let title = display
                .get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64)?
                .reply()?;
            let is_its = pid.value32().is_some_and(|mut pids| pids.next() == Some(process));
            if is_its && title.value == name.as_bytes() && is_large(&display, window)? {
                // From now on the display tells when the window comes and goes.
                let events = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
                display.change_window_attributes(window, &events)?.check()?;
                return Ok(Self {
                    display: Arc::new(display),
                    window,
                });
            }
        }
        anyhow::bail!("process {process} has no window called {name}")
    }

    /// Asks the window to close, as the cross in its frame does.
    pub fn close(&self) -> Result<()> {
        let protocols = atom(&self.display, "WM_PROTOCOLS")?;
        let delete = atom(&self.display, "WM_DELETE_WINDOW")?;
        let message = ClientMessageEvent::new(32, self.window, protocols, [delete, 0, 0, 0, 0]);
        self.display
            .send_event(false, self.window, EventMask::NO_EVENT, message)?
            .check()?;
        Ok(())
    }

    /// Waits until the window is on the screen, or is not.
    pub async fn is_visible(&self, visible: bool) -> Result<()> {
        let (display, window) = (Arc::clone(&self.display), self.window);
        let (tell, told) = tokio::sync::oneshot::channel();
        // A thread that nobody waits for: what a display never says would hold up the end of a runtime's own.
        std::thread::spawn(move || tell.send(watch(&display, window, visible)));
        tokio::time::timeout(PATIENCE, told)
            .await
            .context("the window did not change")??
    }
}

/// Blocks until the window's state is the wanted one. Asking comes after listening, so no change is missed.
fn watch(display: &RustConnection, window: Window, visible: bool) -> Result<()> {
    while (display.get_window_attributes(window)?.reply()?.map_state == MapState::VIEWABLE) != visible {
        if let Event::DestroyNotify(_) = display.wait_for_event()? {
            anyhow::bail!("the window is gone for good");
        }
    }
    Ok(())
}

/// Toolkits make small helper windows of the same name.
fn is_large(display: &RustConnection, window: Window) -> Result<bool> {
    Ok(display.get_geometry(window)?.reply()?.width > 100)
}

fn atom(display: &RustConnection, name: &str) -> Result<Atom> {
    Ok(display.intern_atom(false, name.as_bytes())?.reply()?.atom)
}
