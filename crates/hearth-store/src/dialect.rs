//! The few words of DDL that differ between engines, written as tokens in `SCHEMA` texts.

/// An engine's way of saying them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// The words of `SQLite`.
    Sqlite,
}

impl Dialect {
    /// Replaces `{i64}`, `{bytes}`, `{autoid}` and `{strict}`.
    pub(crate) fn expand(self, ddl: &str) -> String {
        self.words()
            .iter()
            .fold(ddl.to_owned(), |ddl, (token, word)| ddl.replace(token, word))
    }

    fn words(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Sqlite => &[
                ("{i64}", "INTEGER"),
                ("{bytes}", "BLOB"),
                // AUTOINCREMENT: the id of a deleted row never comes back for another one.
                ("{autoid}", "INTEGER PRIMARY KEY AUTOINCREMENT"),
                ("{strict}", "STRICT"),
            ],
        }
    }
}
