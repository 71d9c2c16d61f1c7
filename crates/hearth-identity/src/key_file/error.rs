//! What can be wrong with a key file, in words that help.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// A key file could not be read or written. The sentence says what a person can do about it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// A new file was to be made and there is one already.
    #[error("{path} exists already; open it, or move it away first")]
    AlreadyExists {
        /// The file.
        path: PathBuf,
    },
    /// The file's bytes are not what was once written.
    #[error("{path} is damaged ({reason}); restore it from a backup")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The file demands more work to open than this program is willing to do, or too little to be ours.
    #[error("{path} asks for key stretching outside the accepted bounds")]
    CostOutOfBounds {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried: `read`, `write`, `create`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The path names a folder, link, pipe or device.
    #[error("{path} is not a regular file; name the file itself, not a link to it")]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// There is no such file.
    #[error("{path} does not exist; bring it back from a backup if it should")]
    NotFound {
        /// The path.
        path: PathBuf,
    },
    /// There is not enough memory to stretch the passphrase.
    #[error("not enough free memory to open {path}")]
    OutOfMemory {
        /// The file.
        path: PathBuf,
    },
    /// The passphrase for a new file is too short to protect it.
    #[error("the passphrase needs at least {minimum} characters")]
    PassphraseTooShort {
        /// The least number of characters.
        minimum: usize,
    },
    /// The file is far larger than a key file.
    #[error("{path} is too large to be a key file")]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// Other accounts of this machine can read or change the file.
    #[error("{path} is open to other accounts (mode {mode:04o}); run: chmod 600 {path}")]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file was written by a newer version.
    #[error("{path} was written by a newer version of Hearth")]
    UnsupportedVersion {
        /// The file.
        path: PathBuf,
    },
    /// The file is intact, and the passphrase does not open it.
    #[error("the passphrase does not open {path}")]
    WrongPassphrase {
        /// The file.
        path: PathBuf,
    },
}

impl KeyFileError {
    /// The stable word for programs that decide by the kind of failure.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AlreadyExists { .. } => "key_file_exists",
            Self::Damaged { .. } => "key_file_damaged",
            Self::CostOutOfBounds { .. } => "key_file_cost",
            Self::Io { .. } => "key_file_io",
            Self::NotAFile { .. } => "key_file_not_regular",
            Self::NotFound { .. } => "key_file_missing",
            Self::OutOfMemory { .. } => "key_file_memory",
            Self::PassphraseTooShort { .. } => "passphrase_too_short",
            Self::TooLarge { .. } => "key_file_too_large",
            Self::TooOpen { .. } => "key_file_too_open",
            Self::UnsupportedVersion { .. } => "key_file_version",
            Self::WrongPassphrase { .. } => "passphrase_wrong",
        }
    }

    pub(crate) fn damaged(path: &Path, reason: &'static str) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            reason,
        }
    }

    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}
