//! One statement at a time: values both ways, conflicts, text, and what is refused.

use hearth_store::{Row, StoreError, Value, values};

use super::{Subject, insert, names, opened};
use crate::support::{read, write};

pub(super) async fn values_of_every_kind_come_back<S: Subject>() {
    let (store, _guard) = opened::<S>().await;
    let kinds = [
        [Value::Null, Value::Null, Value::Null],
        [0.into(), "".into(), Value::Bytes(Vec::new())],
        [
            i64::MAX.into(),
            "grüße 🔥 'quoted' \"too\" ?1 %_\n".into(),
            Value::Bytes((0..=255).collect()),
        ],
        [
            i64::MIN.into(),
            "x".repeat(100_000).into(),
            Value::Bytes(vec![0; 100_000]),
        ],
    ];
    let written = kinds.clone();
    let write = write(&store, move |tx| {
        for (id, [i, t, b]) in (0_i64..).zip(&written) {
            let row = [id.into(), i.clone(), t.clone(), b.clone()];
            tx.execute("INSERT INTO kinds (id, i, t, b) VALUES (?1, ?2, ?3, ?4)", &row)?;
        }
        Ok(())
    });
    write.await.expect("written");

    let rows = read(&store, |tx| {
        tx.query("SELECT i, t, b FROM kinds ORDER BY id", &[])
    })
    .await;
    let rows = rows.expect("read");
    assert_eq!(rows.iter().map(Row::values).collect::<Vec<_>>(), kinds);
}

pub(super) async fn rows_are_read_by_type_or_refused_by_name<S: Subject>() {
    let (store, _guard) = opened::<S>().await;
    write(&store, |tx| {
        tx.execute("INSERT INTO kinds (id, i, t, b) VALUES (7, 2, 'two', NULL)", &[])
    })
    .await
    .expect("written");
    let row = read(&store, |tx| tx.query_one("SELECT id, i, t, b FROM kinds", &[])).await;
    let row = row.expect("read").expect("one row");

    assert_eq!(row.get::<i64>(1), Ok(2));
    assert_eq!(row.get::<Option<String>>(2), Ok(Some("two".to_owned())));
    assert_eq!(row.get::<Option<Vec<u8>>>(3), Ok(None));
    let error = row.get::<bool>(1).expect_err("2 is no boolean").to_string();
    assert!(
        error.starts_with("column `i` holds an integer where 0 or 1 is expected (row 7)"),
        "{error}"
    );
    let error = row
        .get::<i64>(4)
        .expect_err("there is no fifth column")
        .to_string();
    assert!(error.starts_with("column `4` holds no column"), "{error}");
    assert!(
        !row.get::<i64>(2).expect_err("text").to_string().contains("two"),
        "values stay out of messages"
    );
}

pub(super) async fn conflicts_are_told_by_the_row_count<S: Subject>() {
    let (store, _guard) = opened::<S>().await;
    let counts = write(&store, |tx| {
        Ok([insert(tx, "a")?, insert(tx, "a")?, insert(tx, "b")?])
    });
    assert_eq!(counts.await, Ok([1, 0, 1]));
    let upsert = write(&store, |tx| {
        tx.execute(
            "INSERT INTO things (name, size) VALUES ('a', 9) ON CONFLICT (name) DO UPDATE SET size = excluded.size \
             WHERE things.size < excluded.size",
            &[],
        )
    });
    assert_eq!(upsert.await, Ok(1));
    let changed = write(&store, |tx| {
        tx.execute("UPDATE things SET size = 0 WHERE size > 100", &[])
    });
    assert_eq!(changed.await, Ok(0));
}

pub(super) async fn returning_gives_rows<S: Subject>() {
    let (store, _guard) = opened::<S>().await;
    let sequence = write(&store, |tx| {
        tx.execute("INSERT INTO counters (id, last_seq) VALUES ('lounge', 41)", &[])?;
        let row = tx.query_one(
            "UPDATE counters SET last_seq = last_seq + 1 WHERE id = ?1 RETURNING last_seq, id",
            &values!["lounge"],
        )?;
        row.map(|row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?)))
            .transpose()
    });
    assert_eq!(sequence.await, Ok(Some((42, "lounge".to_owned()))));
    let nothing = write(&store, |tx| {
        tx.query("DELETE FROM counters WHERE id = 'attic' RETURNING id", &[])
    });
    assert_eq!(nothing.await, Ok(Vec::new()));
}

pub(super) async fn common_table_expressions_work<S: Subject>() {
    let (store, _guard) = opened::<S>().await;
    let total = read(&store, |tx| {
        let sum = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
                   SELECT CAST(sum(i) AS BIGINT) FROM n";
        tx.query_one(sum, &values![100])?
            .map(|row| row.get::<i64>(0))
            .transpose()
    });
    assert_eq!(total.await, Ok(Some(5050)));
}

pub(super) async fn text_compares_by_bytes<S: Subject>() {
    let (store, _guard) = opened::<S>().await;
    let written = ["b", "B", "a", "ä", "Z", "_", "~"];
    write(&store, move |tx| {
        written.iter().try_for_each(|name| insert(tx, name).map(drop))
    })
    .await
    .expect("written");
    let sorted = read(&store, |tx| {
        let rows = tx.query("SELECT name FROM things ORDER BY name", &[])?;
        rows.iter()
            .map(|row| row.get(0))
            .collect::<Result<Vec<String>, StoreError>>()
    });
    assert_eq!(sorted.await.expect("sorted"), ["B", "Z", "_", "a", "b", "~", "ä"]);
    let exact = read(&store, |tx| {
        tx.query("SELECT id FROM things WHERE name = ?1", &values!["A"])
    });
    assert_eq!(exact.await, Ok(Vec::new()));
}

pub(super) async fn like_works_on_lower_cased_text<S: Subject>() {
    let (store, _guard) = opened::<S>().await;
    write(&store, |tx| {
        ["Alice", "alina", "Bob", "100%"]
            .iter()
            .try_for_each(|name| insert(tx, name).map(drop))
    })
    .await
    .expect("written");
    let find = |pattern: &'static str| {
        read(&store, move |tx| {
            let sql = "SELECT name FROM things WHERE lower(name) LIKE lower(?1) ESCAPE '\\' ORDER BY id";
            let rows = tx.query(sql, &values![pattern])?;
            rows.iter()
                .map(|row| row.get(0))
                .collect::<Result<Vec<String>, StoreError>>()
        })
    };
    assert_eq!(find("ALI%").await.expect("found"), ["Alice", "alina"]);
    assert_eq!(find("%\\%").await.expect("found"), ["100%"]);
}

pub(super) async fn bad_statements_are_typed_errors<S: Subject>() {
    let (store, _guard) = opened::<S>().await;
    let outcome = write(&store, |tx| tx.execute("INSERT INTO nowhere (a) VALUES (1)", &[])).await;
    assert!(
        matches!(outcome, Err(StoreError::Statement { .. })),
        "{outcome:?}"
    );
    let outcome = write(&store, |tx| {
        tx.execute("INSERT INTO things (name, size) VALUES (NULL, 1)", &[])
    })
    .await;
    assert!(
        matches!(outcome, Err(StoreError::Constraint { .. })),
        "{outcome:?}"
    );
    let outcome = write(&store, |tx| {
        tx.execute("INSERT INTO parts (thing) VALUES (404)", &[])
    })
    .await;
    assert!(
        matches!(outcome, Err(StoreError::Constraint { .. })),
        "foreign keys hold: {outcome:?}"
    );
    for control in [
        "COMMIT",
        " rollback",
        "BEGIN IMMEDIATE",
        "savepoint x",
        "RELEASE one",
        "END",
        "; COMMIT",
        "-- why\nCOMMIT",
        "/* why */ ; /**/COMMIT",
        "SELECT 1; COMMIT",
    ] {
        let outcome = write(&store, move |tx| tx.execute(control, &[])).await;
        assert!(
            matches!(outcome, Err(StoreError::Statement { .. })),
            "{control}: {outcome:?}"
        );
    }
    assert_eq!(write(&store, |tx| insert(tx, "still here")).await, Ok(1));
}

pub(super) async fn reads_cannot_write<S: Subject>() {
    let (store, _guard) = opened::<S>().await;
    let sql = "INSERT INTO things (name, size) VALUES ('a', 1) RETURNING id";
    let outcome = read(&store, move |tx| tx.query(sql, &[])).await;
    assert_eq!(
        outcome,
        Err(StoreError::ReadOnly {
            statement: sql.to_owned()
        })
    );
    assert_eq!(names(&store).await, Vec::<String>::new());
}
