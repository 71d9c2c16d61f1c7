//! The settings that are a choice between a few words.

use super::value::choice;

choice! {
    /// Where the connection's encryption comes from.
    pub enum TlsMode {
        /// A certificate that this server makes and keeps in its data folder.
        SelfSigned = "self-signed",
        /// Certificate and key files that something else keeps up to date; SIGHUP reads them again.
        Files = "files",
        /// A reverse proxy terminates TLS; this server speaks plain HTTP to it and to nobody else.
        Proxy = "proxy",
    }
    shape = "\"self-signed\", \"files\" or \"proxy\"";
}

choice! {
    /// Where the server's secrets are kept.
    pub enum KeyStoreChoice {
        /// The keyring of the operating system.
        Keyring = "keyring",
        /// A file of mode 0600 in the data folder. Whoever can read the folder has the keys.
        File = "file",
        /// A file in the data folder, sealed with a passphrase.
        Sealed = "sealed",
    }
    shape = "\"keyring\", \"file\" or \"sealed\"";
}

choice! {
    /// What happens when an unknown server is met for the first time.
    pub enum FirstContactMode {
        /// A publicly trusted certificate is pinned by itself, a self-signed one waits for the owner.
        AskSelfSigned = "ask-self-signed",
        /// Every first contact is pinned by itself.
        Trust = "trust",
        /// Every first contact waits for the owner.
        AskAll = "ask-all",
    }
    shape = "\"ask-self-signed\", \"trust\" or \"ask-all\"";
}

choice! {
    /// Who may make an account.
    pub enum RegistrationChoice {
        /// Anybody.
        Open = "open",
        /// Only people with an invitation.
        InviteOnly = "invite_only",
        /// Nobody.
        Closed = "closed",
    }
    shape = "\"open\", \"invite_only\" or \"closed\"";
}

choice! {
    /// How log lines look.
    pub enum LogFormat {
        /// For people.
        Text = "text",
        /// One JSON object per line.
        Json = "json",
    }
    shape = "\"text\" or \"json\"";
}
