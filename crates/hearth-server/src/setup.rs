//! Setup links: how the owner's account comes to be.
//!
//! A link is a secret: whoever opens it first owns the server. It is written to one file that only this
//! server's user can read, shown where its owner asked for it, and never logged. Once there is an owner, the
//! file goes.

use std::path::{Path, PathBuf};

use hearth_core::setup::{self, IssueError};
use hearth_core::{Core, accounts};
use hearth_protocol::time::Timestamp;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::data_folder;

/// Where links are kept and what they look like.
#[derive(Clone, Debug)]
pub(crate) struct SetupLinks {
    core: Core,
    file: PathBuf,
    browser_url: String,
}

/// A link that was just made.
pub(crate) struct Link {
    /// The whole address, with the secret in its fragment.
    pub(crate) url: Zeroizing<String>,
    /// When it stops working.
    pub(crate) expires_at: Timestamp,
}

/// Why there is no link.
#[derive(Debug, Error)]
pub enum SetupError {
    /// The core made none: there is an owner, or the store failed.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// The link could not be written to its file.
    #[error("cannot write the setup link to {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl SetupLinks {
    /// Links to `browser_url`, kept in `file`.
    pub(crate) fn new(core: Core, file: PathBuf, browser_url: String) -> Self {
        Self {
            core,
            file,
            browser_url,
        }
    }

    /// The file that holds the link while there is no owner.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// Makes a link and writes it to the file; an earlier one stops working.
    pub(crate) async fn issue(&self) -> Result<Link, SetupError> {
        let made = setup::issue(&self.core).await?;
        let url = Zeroizing::new(format!("{}/#setup={}", self.browser_url, made.token.as_str()));
        let (path, text) = (self.file.clone(), Zeroizing::new(format!("{}\n", url.as_str())));
        let written = tokio::task::spawn_blocking(move || data_folder::write_private(&path, text.as_bytes()));
        match written.await {
            Ok(Ok(())) => Ok(Link {
                url,
                expires_at: made.expires_at,
            }),
            Ok(Err(source)) => Err(SetupError::File {
                path: self.file.clone(),
                source,
            }),
            Err(panicked) => Err(SetupError::File {
                path: self.file.clone(),
                source: std::io::Error::other(panicked),
            }),
        }
    }

    /// At the start: a link while there is no owner, no file while there is one.
    pub(crate) async fn prepare(&self) -> Result<Option<Link>, SetupError> {
        if accounts::has_owner(&self.core).await.map_err(IssueError::from)? {
            self.owner_has_come().await;
            return Ok(None);
        }
        self.issue().await.map(Some)
    }

    /// The link has done its work.
    pub(crate) async fn owner_has_come(&self) {
        match tokio::fs::remove_file(&self.file).await {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(%error, "could not remove the file of the used setup link"),
        }
    }
}
