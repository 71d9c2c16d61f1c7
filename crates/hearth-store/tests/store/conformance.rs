//! What every engine must do, written against the seam alone.
//!
//! An engine joins by implementing [`Subject`] and adding one line of `conformance!` at the end.

mod statements;
mod transactions;

use hearth_store::testing::TempStore;
use hearth_store::{Store, StoreError, WriteTx, values};

use crate::support::{read, write};

/// A way to open an empty store of one engine.
trait Subject {
    /// Keeps the store's place alive.
    type Guard;

    /// Opens it.
    fn open() -> (Store, Self::Guard);

    /// Fills in the tokens of DDL: `{i64}`, `{bytes}`, `{autoid}` and `{strict}`.
    fn ddl(text: &str) -> String;
}

struct Sqlite;

impl Subject for Sqlite {
    type Guard = TempStore;

    fn open() -> (Store, TempStore) {
        let store = TempStore::open();
        (store.store(), store)
    }

    fn ddl(text: &str) -> String {
        let text = text
            .replace("{i64}", "INTEGER")
            .replace("{bytes}", "BLOB")
            .replace("{strict}", "STRICT");
        text.replace("{autoid}", "INTEGER PRIMARY KEY AUTOINCREMENT")
    }
}

/// A closure's own error, which must come back as it was.
#[derive(Debug, PartialEq, thiserror::Error)]
enum Refusal {
    #[error("not today")]
    NotToday,
    #[error(transparent)]
    Store(#[from] StoreError),
}

async fn opened<S: Subject>() -> (Store, S::Guard) {
    let (store, guard) = S::open();
    let ddl = [
        S::ddl("CREATE TABLE things (id {autoid}, name TEXT NOT NULL UNIQUE, size {i64} NOT NULL) {strict}"),
        S::ddl("CREATE TABLE kinds (id {i64} NOT NULL PRIMARY KEY, i {i64}, t TEXT, b {bytes}) {strict}"),
        S::ddl("CREATE TABLE counters (id TEXT NOT NULL PRIMARY KEY, last_seq {i64} NOT NULL) {strict}"),
        S::ddl(
            "CREATE TABLE parts (id {autoid}, thing {i64} NOT NULL REFERENCES things (id) ON DELETE CASCADE) \
             {strict}",
        ),
    ];
    let created = write(&store, move |tx| {
        ddl.iter().try_for_each(|ddl| tx.execute(ddl, &[]).map(drop))
    })
    .await;
    created.expect("tables are made");
    (store, guard)
}

fn insert(tx: &WriteTx<'_>, name: &str) -> Result<u64, StoreError> {
    tx.execute(
        "INSERT INTO things (name, size) VALUES (?1, 1) ON CONFLICT (name) DO NOTHING",
        &values![name],
    )
}

async fn names(store: &Store) -> Vec<String> {
    let rows = read(store, |tx| tx.query("SELECT name FROM things ORDER BY id", &[]))
        .await
        .expect("names");
    rows.iter().map(|row| row.get(0).expect("text")).collect()
}

macro_rules! conformance {
    ($engine:ident: $subject:ty) => {
        mod $engine {
            conformance! { $subject, statements:
                bad_statements_are_typed_errors
                common_table_expressions_work
                conflicts_are_told_by_the_row_count
                like_works_on_lower_cased_text
                reads_cannot_write
                returning_gives_rows
                rows_are_read_by_type_or_refused_by_name
                text_compares_by_bytes
                values_of_every_kind_come_back
            }
            conformance! { $subject, transactions:
                a_closed_store_refuses
                a_panic_undoes_its_own_closure_only
                a_read_sees_one_moment
                an_acknowledged_write_is_read
                an_error_undoes_its_own_closure_only
                concurrent_writers_lose_nothing
                readers_never_see_a_write_half_done
                writes_happen_in_the_order_of_submission
            }
        }
    };
    ($subject:ty, $family:ident: $($test:ident)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            super::$family::$test::<$subject>().await;
        })*
    };
}

conformance!(sqlite: super::Sqlite);
