//! The app's tray menu, as a panel of the desktop reads and clicks it.

use std::collections::HashMap;

use anyhow::{Context, Result};
use futures_util::future::select_ok;
use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;
use zbus::zvariant::{OwnedValue, Structure, Value};

use crate::desk::PATIENCE;
use crate::session_bus::SessionBus;

const MENU: &str = "/org/ayatana/NotificationItem/tray_icon_tray_app_hearth/Menu";
const INTERFACE: &str = "com.canonical.dbusmenu";

/// An item of the menu: its number, its properties, its own items.
type Item = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// The menu of the app on a bus.
#[derive(Debug)]
pub struct Tray {
    connection: Connection,
    owner: BusName<'static>,
}

impl Tray {
    /// The menu of the one app on `bus` that has one.
    pub async fn on(bus: &SessionBus) -> Result<Self> {
        let connection = bus.connect().await?;
        let names = DBusProxy::new(&connection).await?.list_names().await?;
        // All at once, because some never answer: whoever has a menu does.
        let asked = names.into_iter().map(|name| {
            let tray = Self {
                connection: connection.clone(),
                owner: BusName::from(name).to_owned(),
            };
            Box::pin(async move { tray.items().await.map(|_| tray) })
        });
        let (tray, _) = tokio::time::timeout(PATIENCE, select_ok(asked))
            .await
            .context("nobody on this bus has a tray menu")??;
        Ok(tray)
    }

    /// Chooses the item with this text.
    pub async fn choose(&self, label: &str) -> Result<()> {
        let items = self.items().await?;
        let (number, _) = items
            .iter()
            .find(|(_, text)| text == label)
            .with_context(|| format!("no {label}: {items:?}"))?;
        let click = (*number, "clicked", Value::from(0_i32), 0_u32);
        self.call("Event", &click).await?;
        Ok(())
    }

    /// Numbers and texts of the menu's items; separators have none.
    async fn items(&self) -> Result<Vec<(i32, String)>> {
        let no_names: &[&str] = &[];
        let layout = self.call("GetLayout", &(0_i32, -1_i32, no_names)).await?;
        let (_revision, (_, _, children)): (u32, Item) = layout.body().deserialize()?;
        children.into_iter().map(item).collect()
    }

    async fn call<B>(&self, method: &str, body: &B) -> Result<zbus::Message>
    where
        B: serde::Serialize + zbus::zvariant::DynamicType + Sync,
    {
        Ok(self
            .connection
            .call_method(Some(&self.owner), MENU, Some(INTERFACE), method, body)
            .await?)
    }
}

fn item(value: OwnedValue) -> Result<(i32, String)> {
    let structure = Structure::try_from(value)?;
    let (number, properties, _): Item = structure.try_into()?;
    let label = properties
        .get("label")
        .and_then(|label| label.downcast_ref::<String>().ok());
    Ok((number, label.unwrap_or_default()))
}
