//! The list of migrations, the only place that knows in which order the schema came to be.
//!
//! Migrations go forward only. One that has been released is never edited: a change is a new entry at the end.
//! Until the first release everything is migration 1, the tables' own `SCHEMA` texts.

use crate::tables;

/// One step of the schema. Its number is its position in [`MIGRATIONS`], counted from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Migration {
    /// What it is for, for logs and errors.
    pub(crate) name: &'static str,
    /// DDL texts with the tokens of `dialect`, run in this order in one transaction.
    pub(crate) parts: &'static [&'static str],
}

/// All migrations, oldest first.
pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    name: "first tables",
    parts: FIRST_TABLES,
}];

/// A table that refers to another comes after it: `PostgreSQL` wants the other one to exist.
#[rustfmt::skip]
const FIRST_TABLES: &[&str] = &[
    tables::meta::SCHEMA,
    tables::users::SCHEMA,
    tables::devices::SCHEMA,
    tables::sessions::SCHEMA,
    tables::channels::SCHEMA,
    tables::members::SCHEMA,
    tables::messages::SCHEMA,
    tables::sender_keys::SCHEMA,
    tables::settings::SCHEMA,
    tables::audit::SCHEMA,
    tables::setup_links::SCHEMA,
    tables::peers::SCHEMA,
    tables::outbox::SCHEMA,
    tables::dead_letters::SCHEMA,
    tables::seen_events::SCHEMA,
    tables::alerts::SCHEMA,
];

#[cfg(test)]
mod tests {
    use super::MIGRATIONS;
    use crate::dialect::Dialect;

    #[test]
    fn every_token_is_known() {
        for part in MIGRATIONS.iter().flat_map(|migration| migration.parts) {
            let ddl = Dialect::Sqlite.expand(part);
            let token = ddl
                .split('{')
                .skip(1)
                .find(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
            assert_eq!(token, None, "unknown token in {ddl}");
        }
    }
}
