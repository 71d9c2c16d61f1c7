//! The few facts about the server itself: one text per key.

use crate::{ReadTx, StoreError, WriteTx, values};

pub(crate) const SCHEMA: &str = "
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) {strict};
";

/// Names this installation; secrets in the keyring are filed under it.
pub const INSTANCE_ID: &str = "instance_id";
/// The name under which other servers know this one.
pub const SERVER_NAME: &str = "server_name";
/// The public half of the signing key, so that a missing or different key is noticed.
pub const SIGNING_KEY: &str = "signing_key";
/// Present only between an orderly stop and the next opening. Belongs to the engine.
pub(crate) const CLEAN_STOP: &str = "clean_stop";

/// The value under `key`, `None` when it was never set.
pub fn value(tx: &ReadTx<'_>, key: &str) -> Result<Option<String>, StoreError> {
    tx.query_one("SELECT value FROM meta WHERE key = ?1", &values![key])?
        .map(|row| row.get(0))
        .transpose()
}

/// Sets the value under `key`, replacing an earlier one.
pub fn set(tx: &WriteTx<'_>, key: &str, value: &str) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        &values![key, value],
    )?;
    Ok(())
}

/// Sets the value under `key` unless there is one, and returns the value that stands.
pub fn value_or_set(tx: &WriteTx<'_>, key: &str, value: &str) -> Result<String, StoreError> {
    let rows = tx.query(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) \
         ON CONFLICT (key) DO UPDATE SET value = meta.value RETURNING value",
        &values![key, value],
    )?;
    rows.first()
        .map_or_else(|| Ok(value.to_owned()), |row| row.get(0))
}

/// Removes the value under `key`; `false` when there was none.
pub fn remove(tx: &WriteTx<'_>, key: &str) -> Result<bool, StoreError> {
    Ok(tx.execute("DELETE FROM meta WHERE key = ?1", &values![key])? > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempStore;

    #[tokio::test]
    async fn the_last_value_set_stands() {
        let store = TempStore::open();
        let read = || store.read(|tx| value(tx, SERVER_NAME));
        assert_eq!(read().await, Ok::<_, StoreError>(None));
        for name in ["old.example", "new.example"] {
            let set = store.write(move |tx| set(tx, SERVER_NAME, name)).await;
            assert_eq!(set, Ok::<_, StoreError>(()));
        }
        assert_eq!(read().await, Ok::<_, StoreError>(Some("new.example".to_owned())));
        let removed =
            store.write(|tx| Ok::<_, StoreError>((remove(tx, SERVER_NAME)?, remove(tx, SERVER_NAME)?)));
        assert_eq!(removed.await, Ok((true, false)));
        assert_eq!(read().await, Ok::<_, StoreError>(None));
    }

    #[tokio::test]
    async fn the_first_of_several_writers_names_the_installation() {
        let store = TempStore::open();
        let claim = |id: &'static str| store.write(move |tx| value_or_set(tx, INSTANCE_ID, id));
        let (first, second) = tokio::join!(claim("one"), claim("two"));
        assert_eq!(
            (first, second),
            (
                Ok::<_, StoreError>("one".to_owned()),
                Ok::<_, StoreError>("one".to_owned())
            )
        );
    }
}
