//! Why a server did not start. Each has words for people and a code for programs.

use std::net::SocketAddr;
use std::path::PathBuf;

use hearth_core::OpenError as CoreError;
use hearth_identity::tls::TlsError;
use hearth_protocol::names::ServerName;
use hearth_store::StoreError;
use hearth_store::sqlite::OpenError;
use thiserror::Error;

use crate::data_folder::FolderError;
use crate::keys::KeysError;
use crate::setup::SetupError;

/// Why a server did not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// A certificate authority cannot be read.
    #[error("cannot read certificates from {}: {reason}", path.display())]
    Authorities {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// An address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// Plain HTTP would be open to others than the proxy.
    #[error(
        "behind a proxy the server speaks plain HTTP, so it listens on loopback addresses only ({address} is \
         not one) unless proxy.trusted says which proxies may connect"
    )]
    ExposedPlainHttp {
        /// The address that is not a loopback one.
        address: SocketAddr,
    },
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The keys cannot be opened.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The data folder belongs to a server of another name.
    #[error(
        "this data folder belongs to {kept}; a server cannot change its name to {given}, since everybody knows \
         it by the first. Start it as {kept}, or use another data folder"
    )]
    NameChanged {
        /// The name in the folder.
        kept: ServerName,
        /// The name that was given.
        given: ServerName,
    },
    /// The name that the data folder remembers is none.
    #[error("the data folder remembers a server name that is none: {0:?}")]
    NameDamaged(String),
    /// Nothing is listened on.
    #[error("there is no address to listen on: set listen.addresses (--listen)")]
    NoAddress,
    /// There is no name yet.
    #[error("a new server needs a name: set server.name (--name), for example \"chat.example.org\"")]
    NameNeeded,
    /// The rules cannot be set up.
    #[error(transparent)]
    Rules(#[from] CoreError),
    /// The setup link cannot be made.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The database cannot be opened.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The certificate cannot be served.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// With TLS mode "files", both files must be named.
    #[error("the TLS mode \"files\" needs tls.certificate and tls.key")]
    TlsFilesMissing,
    /// Something that must not end has ended.
    #[error("the server could not be started: {0}")]
    Internal(String),
}

impl StartError {
    /// The stable word for programs that decide by the kind of failure.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Authorities { .. } => "authorities_unreadable",
            Self::Listen { source, .. } => match source.kind() {
                std::io::ErrorKind::AddrInUse => "address_in_use",
                std::io::ErrorKind::PermissionDenied => "address_not_permitted",
                _ => "address_unusable",
            },
            Self::ExposedPlainHttp { .. } => "exposed_plain_http",
            Self::Folder(_) => "folder_unusable",
            Self::Keys(error) => error.code(),
            Self::NameChanged { .. } => "name_changed",
            Self::NameDamaged(_) => "name_damaged",
            Self::NameNeeded => "name_needed",
            Self::NoAddress => "no_address",
            Self::Rules(_) => "rules_failed",
            Self::Setup(_) => "setup_link_failed",
            Self::Database(error) => match error {
                OpenError::Damaged { .. } => "database_damaged",
                OpenError::InUse { .. } => "folder_in_use",
                OpenError::NewerSchema { .. } => "database_newer",
                _ => "database_failed",
            },
            Self::Store(_) => "store_failed",
            Self::Tls(_) | Self::TlsFilesMissing => "certificate_unusable",
            Self::Internal(_) => "internal",
        }
    }

    /// Whether the owner has to say something about the key store: unlock it, give a passphrase, or choose
    /// another.
    pub fn needs_key_store(&self) -> bool {
        matches!(self, Self::Keys(error) if !matches!(error, KeysError::Store(_)))
    }
}
