//! The desktop's notifications, as the service that shows them sees them.

#![expect(
    clippy::used_underscore_binding,
    reason = "the macro reads every argument that the standard has, we do not"
)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use tokio::sync::Notify;
use zbus::zvariant::OwnedValue;

use crate::desk::PATIENCE;
use crate::session_bus::SessionBus;

/// A service that shows notifications to nobody and remembers them.
#[derive(Debug)]
pub struct Notifications {
    shown: Arc<Shown>,
    _connection: zbus::Connection,
}

#[derive(Debug, Default)]
struct Shown {
    titles: Mutex<Vec<String>>,
    changed: Notify,
}

struct Service(Arc<Shown>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    #[expect(clippy::too_many_arguments, reason = "the standard has so many")]
    fn notify(
        &self,
        _app: String,
        _replaces: u32,
        _icon: String,
        title: String,
        _body: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        self.0
            .titles
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(title);
        self.0.changed.notify_one();
        1
    }
}

impl Notifications {
    /// Serves on `bus` from now on.
    pub async fn serve(bus: &SessionBus) -> Result<Self> {
        let shown = Arc::new(Shown::default());
        let connection = bus.connect().await?;
        connection
            .object_server()
            .at("/org/freedesktop/Notifications", Service(Arc::clone(&shown)))
            .await?;
        connection.request_name("org.freedesktop.Notifications").await?;
        Ok(Self {
            shown,
            _connection: connection,
        })
    }

    /// The titles of all notifications so far.
    pub fn titles(&self) -> Vec<String> {
        self.shown
            .titles
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits until at least one was shown.
    pub async fn first(&self) -> Result<()> {
        tokio::time::timeout(PATIENCE, self.shown.changed.notified())
            .await
            .context("nothing was shown")
    }
}
