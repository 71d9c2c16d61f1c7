//! What the owner decides.

use hearth_bus::{Signal, Topic, Wake};
use hearth_core::audit::By;
use hearth_core::settings::{self, RegistrationMode};
use hearth_store::StoreError;
use hearth_store::tables::{audit, settings as rows, users};
use serde_json::{Value, json};

use crate::house::{House, now};

async fn acts(home: &House) -> Vec<audit::AuditRow> {
    home.core.store().read(|tx| audit::newest(tx, 100)).await.unwrap()
}

#[tokio::test]
async fn a_new_server_looks_like_hearth_and_lets_in_the_invited() {
    let home = House::with("a.hearth.test", |_| {}).await;
    let config = settings::public_config(&home.core).await.unwrap();
    assert_eq!(config.app_name, "Hearth");
    assert_eq!(config.app_description, "A place of our own to talk");
    assert_eq!(config.registration_mode, RegistrationMode::InviteOnly);
    assert_eq!(config.brand_primary_color, "#005e66");
    assert_eq!(config.brand_accent_color, "#bf632e");
    assert!(settings::federation_enabled(&home.core));
    assert!(acts(&home).await.is_empty(), "nobody has done anything yet");
}

#[tokio::test]
async fn a_change_is_recorded_with_who_made_it() {
    let home = House::open("a.hearth.test").await;
    let olga = home.person("olga").await;
    let by = By::account(&olga, Some([192, 0, 2, 9].into()));
    settings::set_registration_mode(&home.core, RegistrationMode::Closed, by)
        .await
        .unwrap();
    settings::set_registration_mode(&home.core, RegistrationMode::Closed, By::Console)
        .await
        .unwrap();

    let acts = acts(&home).await;
    assert_eq!(
        acts.len(),
        2,
        "the start-up option and olga; what changes nothing is no act"
    );
    let (act, start) = (&acts[0], &acts[1]);
    assert_eq!(start.actor_name, "start-up option");
    assert_eq!(
        (act.actor_id, act.actor_name.as_str()),
        (Some(olga.user_id), "olga")
    );
    assert_eq!(
        (act.action.as_str(), act.target_id.as_str()),
        ("update_setting", "registration_mode")
    );
    assert_eq!(act.ip_address.as_deref(), Some("192.0.2.9"));
    let details: Value = serde_json::from_str(act.details.as_deref().unwrap()).unwrap();
    assert_eq!(
        details,
        json!({"old_value": {"value": "open"}, "new_value": {"value": "closed"}})
    );
}

#[tokio::test]
async fn the_record_keeps_names_of_accounts_that_are_gone() {
    let home = House::open("a.hearth.test").await;
    let olga = home.person("olga").await;
    let by = By::account(&olga, None);
    settings::set_federation_enabled(&home.core, false, by)
        .await
        .unwrap();
    let id = olga.user_id;
    let gone = home
        .core
        .store()
        .write(move |tx| tx.execute("DELETE FROM users WHERE id = ?1", &hearth_store::values![id]));
    assert_eq!(gone.await, Ok(1));
    assert!(
        home.core
            .store()
            .read(move |tx| users::by_id(tx, id))
            .await
            .unwrap()
            .is_none()
    );
    let act = &acts(&home).await[0];
    assert_eq!((act.actor_id, act.actor_name.as_str()), (None, "olga"));
}

#[tokio::test]
async fn the_start_up_mode_holds_until_the_owner_chooses_and_again_after_a_restart() {
    let home = House::open("a.hearth.test").await;
    let mode = async |home: &House| settings::registration_mode(&home.core).await.unwrap();
    settings::set_registration_mode(&home.core, RegistrationMode::Closed, By::Console)
        .await
        .unwrap();
    assert_eq!(mode(&home).await, RegistrationMode::Closed);
    let home = home.restarted(|_| {}).await;
    assert_eq!(
        mode(&home).await,
        RegistrationMode::Closed,
        "started without the option"
    );
    let home = home
        .restarted(|config| config.registration = Some(RegistrationMode::Open))
        .await;
    assert_eq!(mode(&home).await, RegistrationMode::Open);
}

#[tokio::test]
async fn federation_switched_off_stays_off_and_waking_up_wakes_delivery() {
    let home = House::open("a.hearth.test").await;
    let mut wakes = home.core.bus().wakes();
    let mut console = home.core.bus().connect(8);
    console.join(Topic::Owner);
    settings::set_federation_enabled(&home.core, false, By::Console)
        .await
        .unwrap();
    assert!(!settings::federation_enabled(&home.core));
    assert_eq!(now(wakes.recv()), None);
    let Some(Ok(Signal::Event(event))) = now(console.recv()) else {
        panic!("the console hears of it")
    };
    let event: Value = serde_json::from_slice(&event).unwrap();
    assert_eq!(
        event,
        json!({"type": "settings.changed", "key": "federation_enabled", "value": false})
    );

    let home = home.restarted(|_| {}).await;
    assert!(!settings::federation_enabled(&home.core), "after a restart");
    let mut wakes = home.core.bus().wakes();
    settings::set_federation_enabled(&home.core, true, By::Console)
        .await
        .unwrap();
    assert!(settings::federation_enabled(&home.core));
    assert_eq!(now(wakes.recv()), Some(Wake::AllDeliveries));
}

#[tokio::test]
async fn a_setting_broken_by_hand_reads_as_its_default_and_registration_as_closed() {
    let home = House::open("a.hearth.test").await;
    let time = home.core.now();
    let broken = home.core.store().write(move |tx| {
        rows::set(tx, "app_name", "not json", time)?;
        rows::set(tx, "brand_primary_color", r#"{"value":7}"#, time)?;
        rows::set(tx, "registration_mode", r#"{"value":"everybody"}"#, time)?;
        rows::set(tx, "session_timeout_days", r#"{"value":0}"#, time)?;
        Ok::<_, StoreError>(())
    });
    broken.await.unwrap();
    let config = settings::public_config(&home.core).await.unwrap();
    assert_eq!(
        (config.app_name.as_str(), config.brand_primary_color.as_str()),
        ("Hearth", "#005e66")
    );
    assert_eq!(config.registration_mode, RegistrationMode::Closed);
    assert_eq!(
        settings::registration_mode(&home.core).await.unwrap(),
        RegistrationMode::Closed
    );
}
