//! Tells the statements that begin and end transactions, which belong to the engine: a stray `COMMIT` would make
//! half a batch durable.
//!
//! Only the first statement matters, as the driver refuses a text with a second one. `SQLite`'s own authorizer
//! would not do: it is asked when a statement is prepared, and the engine's `COMMIT` is in the cache already.

/// The first words of such statements.
const CONTROL: [&str; 6] = ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"];

/// Whether this is transaction control.
pub(super) fn is_transaction_control(sql: &str) -> bool {
    let word = first_statement(sql)
        .split(|letter: char| !letter.is_ascii_alphabetic())
        .next()
        .unwrap_or_default();
    CONTROL.iter().any(|control| control.eq_ignore_ascii_case(word))
}

/// Leaves out what `SQLite` skips before a statement: white space, byte order marks, empty statements, comments.
fn first_statement(sql: &str) -> &str {
    let mut rest = sql;
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || "\u{feff};".contains(letter));
        // A comment that never ends takes everything.
        rest = if let Some(comment) = rest.strip_prefix("--") {
            comment.split_once('\n').map_or("", |(_, after)| after)
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/").map_or("", |(_, after)| after)
        } else {
            return rest;
        };
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::is_transaction_control;

    /// What may stand before a statement, alone and in pairs.
    const NOISE: [&str; 10] = [
        "",
        " ",
        "\t\r\n\u{c}",
        ";",
        "\u{feff}",
        "-- why\n",
        "--\r\n",
        "/* why */",
        "/**/",
        "/* -- ; /* */",
    ];

    fn disguises(statement: &str) -> Vec<String> {
        let pairs = NOISE.iter().flat_map(|a| NOISE.iter().map(move |b| [*a, *b]));
        pairs.map(|[a, b]| format!("{a}{b}{statement}")).collect()
    }

    #[test]
    fn control_is_seen_through_all_that_sqlite_skips() {
        let connection = Connection::open_in_memory().unwrap();
        let mut ended = 0;
        for sql in disguises("COMMIT").into_iter().chain(disguises("end;")) {
            assert!(is_transaction_control(&sql), "{sql:?}");
            connection.execute_batch("BEGIN").unwrap();
            // The disguises are real ones: the driver's single statement does end the transaction.
            let run = connection.prepare(&sql).and_then(|mut found| found.execute([]));
            ended += usize::from(run.is_ok() && connection.is_autocommit());
            if !connection.is_autocommit() {
                connection.execute_batch("ROLLBACK").unwrap();
            }
        }
        assert!(ended >= NOISE.len(), "{ended}");
    }

    #[test]
    fn other_statements_pass_whatever_stands_before_them() {
        let others = [
            "SELECT 1 -- COMMIT",
            "UPDATE commits SET ending = 1",
            "INSERT INTO t (a) VALUES ('; COMMIT')",
            "ENDING",
            "\"COMMIT\"",
            "",
        ];
        for sql in others.into_iter().flat_map(disguises) {
            assert!(!is_transaction_control(&sql), "{sql:?}");
        }
        assert!(!is_transaction_control("-- COMMIT"));
        assert!(!is_transaction_control("/* COMMIT"));
    }
}
