//! Files of every schema version, kept as SQL text, must open and arrive at the schema of a new file.
//!
//! `tests/fixtures/schema-N.sql` holds the schema of version N with a row in every table. Fixtures of released
//! versions never change. That of the newest is written again whenever its tables change before the release:
//! `HEARTH_WRITE_FIXTURE=1 cargo test -p hearth-store old_files`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use hearth_store::testing::{TempFolder, TempStore};
use hearth_store::{ReadTx, Row, Store, StoreError};
use rusqlite::Connection;

use crate::support::{open, read};

const WRITE: &str = "HEARTH_WRITE_FIXTURE";

fn fixture(version: usize) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/schema-{version}.sql"))
}

/// What a database holds: its definitions in the order they were made, and how many rows each table has.
#[derive(Debug, PartialEq)]
struct Shape {
    definitions: Vec<String>,
    rows: BTreeMap<String, i64>,
}

#[tokio::test]
async fn files_of_every_version_open_and_arrive_at_the_newest_schema() {
    let new = TempStore::open();
    let expected = shape(&new).await;
    let newest = usize::try_from(number(&new, "PRAGMA user_version").await).expect("a version");
    if std::env::var_os(WRITE).is_some() {
        let dump = read(&new, dump).await.expect("the schema is read");
        fs::write(fixture(newest), dump).expect("the fixture is written");
    }
    for version in 1..=newest {
        let folder = TempFolder::create();
        let filled = build(&fixture(version), folder.path());
        let (store, report) = open(folder.path());
        assert!(!report.created);
        assert_eq!(report.migrated_from, (version < newest).then_some(version));
        assert_eq!(store.full_check().await, Ok(()));
        let orphans = read(&store, |tx| tx.query("PRAGMA foreign_key_check", &[])).await;
        assert_eq!(orphans, Ok(vec![]));

        let found = shape(&store).await;
        assert_eq!(
            sorted(&found),
            sorted(&expected),
            "version {version}; {WRITE}=1 if its tables are new"
        );
        let lost = filled.iter().filter(|table| found.rows.get(*table) == Some(&0));
        assert_eq!(
            lost.collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "from version {version}"
        );
    }
}

/// Builds the file and names its tables, each of which has a row.
fn build(fixture: &Path, dir: &Path) -> Vec<String> {
    let text = fs::read_to_string(fixture).expect("the fixture is there");
    let connection = Connection::open(dir.join("hearth.db")).expect("created");
    connection.execute_batch(&text).expect("the fixture is SQL");
    let inserts = text.lines().filter_map(|line| line.strip_prefix("INSERT INTO "));
    inserts
        .filter_map(|rest| rest.split(' ').next())
        .map(str::to_owned)
        .collect()
}

async fn number(store: &Store, sql: &'static str) -> i64 {
    let row = read(store, |tx| tx.query_one(sql, &[])).await;
    row.expect("read").expect("a row").get(0).expect("a number")
}

/// Migrations make things in another order than a new file does.
fn sorted(shape: &Shape) -> Vec<&String> {
    let mut definitions = shape.definitions.iter().collect::<Vec<_>>();
    definitions.sort();
    definitions
}

async fn shape(store: &Store) -> Shape {
    read(store, shape_of).await.expect("the schema is read")
}

fn shape_of(tx: &ReadTx<'_>) -> Result<Shape, StoreError> {
    let definitions =
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid";
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let mut rows = BTreeMap::new();
    for table in texts(&tx.query(tables, &[])?)? {
        let count = tx.query_one(&format!("SELECT count(*) FROM {table}"), &[])?;
        rows.insert(table, count.map_or(Ok(0), |row| row.get(0))?);
    }
    Ok(Shape {
        definitions: texts(&tx.query(definitions, &[])?)?,
        rows,
    })
}

fn texts(rows: &[Row]) -> Result<Vec<String>, StoreError> {
    rows.iter().map(|row| row.get(0)).collect()
}

/// The newest schema with a row in every table, as SQL.
fn dump(tx: &ReadTx<'_>) -> Result<String, StoreError> {
    let Shape { definitions, rows } = shape_of(tx)?;
    let mut lines = vec!["-- Written by tests/store/old_files.rs.".to_owned()];
    // Tables are filled in the order of their names.
    lines.push("PRAGMA foreign_keys = OFF;".to_owned());
    lines.extend(definitions.iter().map(|definition| format!("{definition};")));
    for table in rows.keys() {
        lines.push(sample(
            table,
            &tx.query(&format!("PRAGMA table_info({table})"), &[])?,
        )?);
    }
    for pragma in ["application_id", "user_version"] {
        let value = tx.query_one(&format!("PRAGMA {pragma}"), &[])?;
        let value = value.map_or(Ok(0), |row| row.get::<i64>(0))?;
        lines.push(format!("PRAGMA {pragma} = {value};"));
    }
    Ok(lines.join("\n") + "\n")
}

/// A row for a table. Every text and every number is the same everywhere, so that references find their row.
fn sample(table: &str, columns: &[Row]) -> Result<String, StoreError> {
    let mut names = Vec::new();
    let mut values = Vec::new();
    for column in columns {
        names.push(column.get::<String>(1)?);
        values.push(match column.get::<String>(2)?.as_str() {
            "INTEGER" => "1",
            "BLOB" => "x'01'",
            _ => "'sample'",
        });
    }
    let (names, values) = (names.join(", "), values.join(", "));
    Ok(format!("INSERT INTO {table} ({names}) VALUES ({values});"))
}
