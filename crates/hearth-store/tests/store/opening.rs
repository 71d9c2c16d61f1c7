//! Opening: whose folder it is, what is checked, and what is never served.

use std::fs;
use std::path::Path;

use hearth_store::sqlite::{self, Durability, OpenError, OpenReport, SqliteOptions};
use hearth_store::tables::meta;
use hearth_store::testing::TempFolder;
use hearth_store::{Store, StoreError};

use crate::support::{create_numbers, open, options, put, stored, try_open, write};

const DATABASE: &str = "hearth.db";
const LOG: &str = "hearth.db-wal";

async fn fill(store: &Store) {
    create_numbers(store).await;
    for number in 0..200 {
        store.write(move |tx| put(tx, number)).await.expect("written");
    }
}

/// Overwrites everything but the first page, which leaves a file that opens and lies.
fn spoil(file: &Path) -> Vec<u8> {
    let mut bytes = fs::read(file).expect("readable");
    bytes[4096..].fill(0xa5);
    fs::write(file, &bytes).expect("writable");
    bytes
}

fn damaged(dir: &Path) -> (String, std::path::PathBuf) {
    match try_open(dir) {
        Err(OpenError::Damaged { detail, kept_at }) => (detail, kept_at),
        other => panic!("damage goes unnoticed: {other:?}"),
    }
}

#[tokio::test]
async fn a_new_folder_is_created_and_an_orderly_stop_is_remembered() {
    let folder = TempFolder::create();
    let dir = folder.path().join("below").join("it");
    let (store, report) = open(&dir);
    let version = report.schema_version;
    let new = OpenReport {
        created: true,
        was_clean: true,
        migrated_from: None,
        schema_version: version,
    };
    assert_eq!(report, new);
    store
        .write(|tx| meta::set(tx, meta::SERVER_NAME, "chat.example"))
        .await
        .expect("written");
    store.close().await.expect("closed");
    assert!(!dir.join(LOG).exists(), "the log has been moved into the file");

    // The first handle is still there, but the folder is free.
    let (again, report) = open(&dir);
    assert_eq!(
        report,
        OpenReport {
            created: false,
            ..new
        }
    );
    let name = again.read(|tx| meta::value(tx, meta::SERVER_NAME)).await;
    assert_eq!(name, Ok(Some("chat.example".to_owned())));
}

#[tokio::test]
async fn dropping_the_store_is_an_unclean_stop() {
    let folder = TempFolder::create();
    let (store, _) = open(folder.path());
    fill(&store).await;
    drop(store);
    let (store, report) = open(folder.path());
    assert!(!report.was_clean);
    assert_eq!(stored(&store).await.len(), 200);
    store.close().await.expect("closed");
    drop(store);
    assert!(open(folder.path()).1.was_clean);
}

#[test]
fn one_process_at_a_time_has_the_folder() {
    let folder = TempFolder::create();
    let (store, _) = open(folder.path());
    let error = try_open(folder.path()).expect_err("it is taken");
    assert!(
        matches!(&error, OpenError::InUse { dir } if dir == folder.path()),
        "{error:?}"
    );
    drop(store);
    open(folder.path());
}

#[cfg(unix)]
#[test]
fn the_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempFolder::create();
    let dir = folder.path().join("data");
    let (_store, _) = open(&dir);
    let mode = |path: &Path| fs::metadata(path).expect("it exists").permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    for name in [DATABASE, LOG, "hearth.lock"] {
        assert_eq!(mode(&dir.join(name)), 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_newer_schema_is_left_alone() {
    let folder = TempFolder::create();
    let (store, report) = open(folder.path());
    store
        .write(|tx| tx.execute("PRAGMA user_version = 4000", &[]))
        .await
        .expect("set");
    store.close().await.expect("closed");
    let before = fs::read(folder.path().join(DATABASE)).expect("readable");
    let error = try_open(folder.path()).expect_err("too new");
    let known = report.schema_version;
    assert!(
        matches!(error, OpenError::NewerSchema { found: 4000, known: k } if k == known),
        "{error:?}"
    );
    assert_eq!(fs::read(folder.path().join(DATABASE)).expect("readable"), before);
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let folder = TempFolder::create();
    let (store, _) = open(folder.path());
    store
        .write(|tx| tx.execute("PRAGMA application_id = 7", &[]))
        .await
        .expect("set");
    store.close().await.expect("closed");
    let error = try_open(folder.path()).expect_err("not ours");
    assert!(matches!(error, OpenError::NotOurs { .. }), "{error:?}");
    assert!(folder.path().join(DATABASE).exists());
}

#[tokio::test]
async fn a_damaged_database_is_kept_aside_until_a_backup_is_restored() {
    let folder = TempFolder::create();
    let file = folder.path().join(DATABASE);
    let (store, _) = open(folder.path());
    fill(&store).await;
    drop(store);
    let backup = fs::read(&file).expect("readable");
    let spoiled = spoil(&file);

    let (detail, kept_at) = damaged(folder.path());
    assert!(!detail.is_empty());
    assert_eq!(
        fs::read(kept_at.join(DATABASE)).expect("kept"),
        spoiled,
        "it is kept as it was found"
    );
    let (_, still_kept_at) = damaged(folder.path());
    assert_eq!(
        still_kept_at, kept_at,
        "an empty start in its place would look as if all were lost"
    );

    fs::write(&file, backup).expect("restored");
    let (store, report) = open(folder.path());
    assert!(!report.was_clean, "a restored file is checked");
    assert_eq!(stored(&store).await.len(), 200);
    drop(store);
    spoil(&file);
    let (_, kept_next) = damaged(folder.path());
    assert!(kept_next > kept_at, "the second one has a folder of its own");
    assert_eq!(fs::read(kept_at.join(DATABASE)).expect("kept"), spoiled);
}

#[tokio::test]
async fn the_log_is_kept_with_its_damaged_database() {
    let folder = TempFolder::create();
    let running = folder.path().join("running");
    let crashed = folder.path().join("crashed");
    let (store, _) = open(&running);
    fill(&store).await;
    store.close().await.expect("closed");
    let (store, _) = open(&running);
    store.write(|tx| put(tx, 1000)).await.expect("written");
    // What a power cut would leave: the file and a log that was not yet moved into it.
    fs::create_dir(&crashed).expect("created");
    for name in [DATABASE, LOG] {
        fs::copy(running.join(name), crashed.join(name)).expect("copied");
    }
    let log = fs::read(crashed.join(LOG)).expect("readable");
    assert!(!log.is_empty());
    let spoiled = spoil(&crashed.join(DATABASE));

    let (_, kept_at) = damaged(&crashed);
    assert_eq!(fs::read(kept_at.join(DATABASE)).expect("kept"), spoiled);
    assert_eq!(fs::read(kept_at.join(LOG)).expect("kept"), log);
    assert!(!crashed.join(LOG).exists(), "it must not meet a restored file");

    // A move that was interrupted between the two is completed.
    fs::write(crashed.join(LOG), &log).expect("written");
    damaged(&crashed);
    assert!(!crashed.join(LOG).exists());
}

#[test]
fn a_file_that_is_no_database_is_kept_aside() {
    let folder = TempFolder::create();
    fs::write(
        folder.path().join(DATABASE),
        b"this was a database once, before the disk lost it".repeat(200),
    )
    .expect("written");
    let (_, kept_at) = damaged(folder.path());
    assert!(kept_at.join(DATABASE).exists());
}

#[tokio::test]
async fn damage_after_an_orderly_stop_is_met_at_the_latest_when_it_is_read() {
    let folder = TempFolder::create();
    let (store, _) = open(folder.path());
    fill(&store).await;
    store.close().await.expect("closed");
    let spoiled = spoil(&folder.path().join(DATABASE));
    let (_, kept_at) = damaged(folder.path());
    assert_eq!(fs::read(kept_at.join(DATABASE)).expect("kept"), spoiled);
}

#[tokio::test]
async fn damage_met_while_serving_makes_the_next_start_check() {
    let folder = TempFolder::create();
    let (store, _) = open(folder.path());
    fill(&store).await;
    store.close().await.expect("closed");
    let (store, report) = open(folder.path());
    assert!(report.was_clean);
    spoil(&folder.path().join(DATABASE));
    let read = store.read(|tx| tx.query("SELECT number FROM numbers", &[])).await;
    assert!(matches!(read, Err(StoreError::Damaged { .. })), "{read:?}");
    store.close().await.expect("closed");
    damaged(folder.path());
}

#[tokio::test]
async fn a_full_check_finds_what_the_quick_one_may_not() {
    let folder = TempFolder::create();
    let (store, _) = open(folder.path());
    fill(&store).await;
    assert_eq!(store.full_check().await, Ok(()));
    store.close().await.expect("closed");
    let (store, _) = open(folder.path());
    spoil(&folder.path().join(DATABASE));
    let check = store.full_check().await;
    assert!(matches!(check, Err(StoreError::Damaged { .. })), "{check:?}");
    store.close().await.expect("closed");
    damaged(folder.path());
}

#[tokio::test]
async fn acknowledged_writes_are_synced_unless_danger_is_asked_for() {
    let settings = |durability| async move {
        let folder = TempFolder::create();
        let options = SqliteOptions {
            durability,
            ..options()
        };
        let (store, _) = sqlite::open(folder.path(), options).expect("opens");
        let found = write(&store, |tx| {
            let synchronous = tx.query_one("PRAGMA synchronous", &[])?;
            let journal = tx.query_one("PRAGMA journal_mode", &[])?;
            Ok((
                synchronous.map(|row| row.get::<i64>(0)).transpose()?,
                journal.map(|row| row.get::<String>(0)).transpose()?,
            ))
        });
        found.await.expect("the settings are read")
    };
    let wal = || Some("wal".to_owned());
    // 2 is FULL: the log is synced at every commit. With 1, NORMAL, a power cut may undo what was acknowledged.
    assert_eq!(settings(Durability::Full).await, (Some(2), wal()));
    assert_eq!(settings(Durability::DangerousNone).await, (Some(0), wal()));
    assert_eq!(
        SqliteOptions::new(options().clock).durability,
        Durability::Full,
        "what a server gets"
    );
}
