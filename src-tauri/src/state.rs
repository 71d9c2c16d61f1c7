//! How the start of the server stands, as the console shows it.

use serde::Serialize;

/// One of four states. The console decides by `state` and `code`; `reason` is a sentence for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum StartState {
    /// The server is on its way up.
    #[default]
    Starting,
    /// The server answers.
    Running,
    /// The signing key can be neither read nor kept until the owner says where: unlock the keyring and try again,
    /// or give a passphrase for a sealed file. Never decided silently.
    NeedsKeyStore {
        /// What is the matter with the key store.
        code: &'static str,
        /// The same in words.
        reason: String,
    },
    /// The server could not start. Trying again may help.
    Failed {
        /// What went wrong.
        code: &'static str,
        /// The same in words.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_console_reads_it_as_json() {
        let json = |state: &StartState| serde_json::to_string(state).expect("plain data");
        assert_eq!(json(&StartState::Starting), r#"{"state":"starting"}"#);
        assert_eq!(json(&StartState::Running), r#"{"state":"running"}"#);
        let asks = StartState::NeedsKeyStore {
            code: "keyring_locked",
            reason: "It is locked.".to_owned(),
        };
        assert_eq!(
            json(&asks),
            r#"{"state":"needs_key_store","code":"keyring_locked","reason":"It is locked."}"#
        );
        let failed = StartState::Failed {
            code: "address_in_use",
            reason: "Taken.".to_owned(),
        };
        assert_eq!(
            json(&failed),
            r#"{"state":"failed","code":"address_in_use","reason":"Taken."}"#
        );
    }
}
