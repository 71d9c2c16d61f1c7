//! The owner's settings, audited, and what the public may know of them.
//!
//! Each is a JSON object `{"value": …}` (d3chat.md section 2.5). Defaults are added when the server starts;
//! a value that an admin broke by hand reads as its default, never as an error.

mod mode;

use hearth_bus::{Signal, Topic, Wake};
use hearth_protocol::env::{Clock, Random};
use hearth_protocol::time::Timestamp;
use hearth_store::tables::{audit as acts, settings as rows};
use hearth_store::{ReadTx, Store, StoreError, WriteTx};
use serde_json::{Value, json};

use crate::audit::{By, Draft};
use crate::sessions::DEFAULT_LIFETIME_DAYS;
use crate::task::to_the_end;
use crate::{Core, CoreConfig, events};

pub use mode::{RegistrationMode, UnknownMode};

/// Devices an account keeps, live ones aside.
pub(crate) const MAX_DEVICES: &str = "max_devices_per_user";
const ALLOWED_DOMAINS: &str = "registration_domain_allowlist";
const APP_DESCRIPTION: &str = "app_description";
const APP_NAME: &str = "app_name";
const BRAND_ACCENT: &str = "brand_accent_color";
const BRAND_PRIMARY: &str = "brand_primary_color";
const FEDERATION: &str = "federation_enabled";
const LIFETIME_DAYS: &str = "session_timeout_days";
const REGISTRATION: &str = "registration_mode";

/// Longest time that a session may live without being used.
const LIFETIME_DAYS_MAX: u32 = 365;

/// What everybody may know, and the login page shows (d3chat.md section 3.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicConfig {
    /// What the owner calls the place.
    pub app_name: String,
    /// A sentence about it.
    pub app_description: String,
    /// Who may register.
    pub registration_mode: RegistrationMode,
    /// A CSS colour.
    pub brand_primary_color: String,
    /// A CSS colour.
    pub brand_accent_color: String,
}

/// Key, value and category of every setting a new server has.
fn defaults() -> [(&'static str, Value, &'static str); 10] {
    [
        (APP_NAME, "Hearth".into(), "general"),
        (APP_DESCRIPTION, "A place of our own to talk".into(), "general"),
        (BRAND_PRIMARY, "#005e66".into(), "branding"),
        (BRAND_ACCENT, "#bf632e".into(), "branding"),
        (
            REGISTRATION,
            RegistrationMode::InviteOnly.as_str().into(),
            "registration",
        ),
        (ALLOWED_DOMAINS, json!([]), "registration"),
        (LIFETIME_DAYS, DEFAULT_LIFETIME_DAYS.into(), "security"),
        (MAX_DEVICES, 10.into(), "security"),
        ("message_retention_days", 0.into(), "retention"),
        (FEDERATION, true.into(), "federation"),
    ]
}

/// What the public may know, in one query.
pub async fn public_config(core: &Core) -> Result<PublicConfig, StoreError> {
    let settings = core.store().read(rows::all).await?;
    let text = |key: &str| {
        let stored = settings.iter().find(|setting| setting.key == key);
        stored
            .and_then(|setting| unwrap(setting.value.as_deref()?))
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_else(|| default_text(key))
    };
    Ok(PublicConfig {
        app_name: text(APP_NAME),
        app_description: text(APP_DESCRIPTION),
        registration_mode: RegistrationMode::parse(&text(REGISTRATION)).unwrap_or(RegistrationMode::Closed),
        brand_primary_color: text(BRAND_PRIMARY),
        brand_accent_color: text(BRAND_ACCENT),
    })
}

/// Who may register.
pub async fn registration_mode(core: &Core) -> Result<RegistrationMode, StoreError> {
    core.store().read(mode).await
}

/// Decides who may register.
pub async fn set_registration_mode(core: &Core, mode: RegistrationMode, by: By) -> Result<(), StoreError> {
    change(core, REGISTRATION, mode.as_str().into(), by).await
}

/// Whether this server talks to others. Answered from memory: every federation request asks.
pub fn federation_enabled(core: &Core) -> bool {
    core.is_federating()
}

/// Starts or stops talking to other servers. Queues stay as they are; starting wakes them.
pub async fn set_federation_enabled(core: &Core, enabled: bool, by: By) -> Result<(), StoreError> {
    change(core, FEDERATION, enabled.into(), by).await
}

/// Adds missing settings, applies the start-up registration mode, and tells whether to federate.
pub(crate) async fn prepare(
    store: &Store,
    config: &CoreConfig,
    clock: &dyn Clock,
    random: &dyn Random,
) -> Result<bool, StoreError> {
    let now = clock.now();
    let draft = Draft::new(By::StartUp, random, now);
    let registration = config.registration;
    store
        .write(move |tx| {
            for (key, value, category) in defaults() {
                rows::seed(tx, key, &wrap(&value), category, now)?;
            }
            if let Some(mode) = registration {
                set(tx, REGISTRATION, &mode.as_str().into(), &draft, now)?;
            }
            Ok(value(tx, FEDERATION)?
                .and_then(|value| value.as_bool())
                .unwrap_or(true))
        })
        .await
}

/// Who may register; a mode that nobody can read lets nobody in.
pub(crate) fn mode(tx: &ReadTx<'_>) -> Result<RegistrationMode, StoreError> {
    let stored = value(tx, REGISTRATION)?;
    let word = stored.as_ref().and_then(Value::as_str);
    Ok(word
        .and_then(RegistrationMode::parse)
        .unwrap_or(RegistrationMode::Closed))
}

/// The e-mail domains that may register; empty means all.
pub(crate) fn allowed_domains(tx: &ReadTx<'_>) -> Result<Vec<String>, StoreError> {
    let stored = value(tx, ALLOWED_DOMAINS)?;
    let domains = stored.as_ref().and_then(Value::as_array).into_iter().flatten();
    Ok(domains.filter_map(Value::as_str).map(str::to_owned).collect())
}

/// Days that a session lives without being used.
pub(crate) fn lifetime_days(tx: &ReadTx<'_>) -> Result<u32, StoreError> {
    Ok(number(tx, LIFETIME_DAYS, DEFAULT_LIFETIME_DAYS)?.clamp(1, LIFETIME_DAYS_MAX))
}

/// A setting that is a whole number.
pub(crate) fn number(tx: &ReadTx<'_>, key: &str, default: u32) -> Result<u32, StoreError> {
    let stored = value(tx, key)?.and_then(|value| value.as_u64());
    Ok(stored
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or(default))
}

async fn change(core: &Core, key: &'static str, value: Value, by: By) -> Result<(), StoreError> {
    let draft = Draft::on(core, by);
    let now = core.now();
    let core = core.clone();
    to_the_end(async move {
        let changed = core
            .store()
            .write(move |tx| set(tx, key, &value, &draft, now))
            .await?;
        if changed {
            take_effect(&core, key).await?;
        }
        Ok(())
    })
    .await
}

/// What a change means for the running server.
///
/// Two changes may be committed in one order and get here in the other, so this asks what is kept instead of
/// believing its caller, and does so one at a time: memory and consoles end with what the store says.
async fn take_effect(core: &Core, key: &'static str) -> Result<(), StoreError> {
    let _turn = core.settling().lock().await;
    let kept = core.store().read(move |tx| value(tx, key)).await?;
    let value = &kept.unwrap_or(Value::Null);
    if key == FEDERATION {
        let is_enabled = value.as_bool().unwrap_or(true);
        core.set_federating(is_enabled);
        if is_enabled {
            core.bus().wake(Wake::AllDeliveries).await;
        }
    }
    core.publish(Topic::Owner, Signal::Event(events::settings_changed(key, value)))
        .await;
    Ok(())
}

/// Changes a setting and records it; `false` when it had that value already.
fn set(tx: &WriteTx<'_>, key: &str, new: &Value, draft: &Draft, now: Timestamp) -> Result<bool, StoreError> {
    let old = value(tx, key)?.unwrap_or(Value::Null);
    if old == *new || !rows::set(tx, key, &wrap(new), now)? {
        return Ok(false);
    }
    let details = json!({ "old_value": { "value": old }, "new_value": { "value": new } });
    acts::insert(
        tx,
        &draft.record("update_setting", "setting", key, Some(&details)),
    )?;
    Ok(true)
}

fn value(tx: &ReadTx<'_>, key: &str) -> Result<Option<Value>, StoreError> {
    Ok(rows::value(tx, key)?.as_deref().and_then(unwrap))
}

fn wrap(value: &Value) -> String {
    json!({ "value": value }).to_string()
}

fn unwrap(stored: &str) -> Option<Value> {
    serde_json::from_str::<Value>(stored)
        .ok()?
        .get_mut("value")
        .map(Value::take)
}

fn default_text(key: &str) -> String {
    let found = defaults().into_iter().find(|(name, ..)| *name == key);
    found
        .and_then(|(_, value, _)| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hearth_bus::InProcessBus;
    use hearth_protocol::env::{ManualClock, SeededRandom};
    use hearth_protocol::names::ServerName;
    use hearth_store::testing::TempStore;

    use super::*;
    use crate::{Argon2Cost, CoreParts};

    #[tokio::test]
    async fn of_two_changes_the_kept_one_is_in_force_whichever_takes_effect_last() {
        let store = TempStore::open();
        let clock = Arc::new(ManualClock::new(Timestamp::from_seconds(1_760_000_000)));
        let mut config = CoreConfig::new(ServerName::parse("a.hearth.test").unwrap());
        config.argon2 = Argon2Cost {
            memory_kib: 8,
            passes: 1,
            lanes: 1,
        };
        let core = Core::open(CoreParts {
            store: store.store(),
            bus: Arc::new(InProcessBus::new(Arc::clone(&clock) as _)),
            clock,
            random: Arc::new(SeededRandom::new(1)),
            config,
        })
        .await
        .unwrap();
        set_federation_enabled(&core, false, By::StartUp).await.unwrap();

        // "On" was committed before "off", but its effect comes after it.
        core.set_federating(true);
        take_effect(&core, FEDERATION).await.unwrap();
        assert!(!federation_enabled(&core));
    }
}
