//! The settings themselves, one struct per concern. The doc comments here are the documentation: the sample
//! file and `--print-config` print them as they stand.

#![expect(
    clippy::doc_markdown,
    rustdoc::bare_urls,
    reason = "this documentation is printed into a TOML file, not a web page"
)]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use hearth_protocol::names::ServerName;

use super::choices::{FirstContactMode, KeyStoreChoice, LogFormat, RegistrationChoice, TlsMode};
use super::network::Network;
use super::scheme::settings;

settings! {
    /// Who this server is.
    pub struct ServerSettings in "server" {
        /// The name by which people and other servers know this server, with its port when that is not 443:
        /// "chat.example.org" or "chat.example.org:8443". Needed at the first start; afterwards the data
        /// folder remembers it, and another name for the same folder is an error.
        pub name: Option<ServerName> = None,
        /// The folder that holds everything: database, attachments, certificates, logs.
        pub data: PathBuf = PathBuf::from("hearth-data"),
        /// The address that the owner's browser should open, when it is not "https://" and the name.
        pub browser_url: Option<String> = None,
    }
}

settings! {
    /// Where connections are accepted.
    pub struct ListenSettings in "listen" {
        /// Addresses and ports to listen on.
        pub addresses: Vec<SocketAddr> = vec![SocketAddr::from(([0, 0, 0, 0], 8443))],
        /// Host names under which browsers may reach this server besides its own name, localhost and the
        /// addresses of this machine. Requests for any other name are answered 421.
        pub hosts: Vec<String> = Vec::new(),
    }
}

settings! {
    /// The encryption of connections.
    pub struct TlsSettings in "tls" {
        /// Where the certificate comes from.
        pub mode: TlsMode = TlsMode::SelfSigned,
        /// With "files": the certificate chain, PEM, the server's own certificate first.
        pub certificate: Option<PathBuf> = None,
        /// With "files": the private key, PEM.
        pub key: Option<PathBuf> = None,
        /// With "self-signed": names and addresses to put into the certificate besides the server's name,
        /// localhost and the listen addresses.
        pub names: Vec<String> = Vec::new(),
        /// Tell browsers to insist on HTTPS for this host name (HSTS). Only sensible with a publicly trusted
        /// certificate.
        pub hsts: bool = false,
    }
}

settings! {
    /// A reverse proxy in front of this server, with the TLS mode "proxy".
    pub struct ProxySettings in "proxy" {
        /// Addresses of the proxies. Only they may connect, and only from them is X-Forwarded-For believed.
        /// When empty, the server must listen on loopback addresses and the proxy must run on this machine.
        pub trusted: Vec<Network> = Vec::new(),
    }
}

settings! {
    /// Custody of the server's secrets.
    pub struct KeySettings in "keys" {
        /// Where the signing key and the token key are kept.
        pub store: KeyStoreChoice = KeyStoreChoice::Keyring,
        /// With "sealed": a file that holds the passphrase, readable by this server only.
        pub passphrase_file: Option<PathBuf> = None,
    }
}

settings! {
    /// Other servers.
    pub struct FederationSettings in "federation" {
        /// What happens when an unknown server is met for the first time.
        pub first_contact: FirstContactMode = FirstContactMode::AskSelfSigned,
        /// Connect to servers on loopback addresses. For tests and load tools only.
        pub allow_loopback_peers: bool = false,
        /// How long an event waits for an unreachable server before it is given up, visibly.
        pub queue_max_age: Duration = Duration::from_hours(30 * 24),
        /// Files with certificate authorities (PEM) to trust besides the system's.
        pub extra_roots: Vec<PathBuf> = Vec::new(),
    }
}

settings! {
    /// New accounts.
    pub struct RegistrationSettings in "registration" {
        /// Who may make an account. When not set, what the owner chose last counts, at first "invite_only".
        pub mode: Option<RegistrationChoice> = None,
    }
}

settings! {
    /// Web pages of other origins.
    pub struct WebSettings in "web" {
        /// Origins whose pages may call the API from a browser, such as "https://app.example.org".
        pub cors_origins: Vec<String> = Vec::new(),
    }
}

settings! {
    /// The owner's own door on a server without a window.
    pub struct OwnerSettings in "owner" {
        /// Serve the owner API on the socket "console.sock" in the data folder, which only the user who runs
        /// this server can open. "hearthd user setup-link" needs it while the server runs.
        pub socket: bool = true,
    }
}

settings! {
    /// What is written about the server's work.
    pub struct LogSettings in "log" {
        /// How lines look.
        pub format: LogFormat = LogFormat::Text,
        /// What is logged: a level ("error", "warn", "info", "debug", "trace") or a list such as
        /// "info,hearth_federation=debug".
        pub filter: String = "info".to_owned(),
    }
}
