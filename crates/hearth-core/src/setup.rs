//! The setup link: whoever registers with it becomes the owner of a server that has none.
//!
//! Its token is 256 random bits, kept as SHA-256, good for one account within 30 minutes. Whoever guesses has
//! ten tries: wrong tokens are counted per source address, whose further ones are refused unread. The link
//! itself closes after a hundred wrong tokens from everywhere, so that one stranger cannot close it before its
//! owner comes; the console makes a new one any time.

use std::fmt;
use std::time::Duration;

use hearth_protocol::env::token;
use hearth_protocol::time::Timestamp;
use hearth_store::tables::{setup_links, users};
use hearth_store::{ReadTx, StoreError, WriteTx};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::accounts::RegisterError;
use crate::{Core, secrets};

/// How long a link works.
pub const LIFETIME: Duration = Duration::from_mins(30);

/// How many wrong tokens one source address may try within [`LIFETIME`].
pub const TRIES_PER_ADDRESS: u32 = 10;

/// How many wrong tokens from everywhere it takes to close the link.
pub const TRIES: u32 = 100;

/// A link that was just made, with the only copy of its token.
#[derive(Clone)]
pub struct SetupLink {
    /// Goes into the fragment of a URL, never into a log.
    pub token: Zeroizing<String>,
    /// When the link stops working.
    pub expires_at: Timestamp,
}

/// Leaves the token out.
impl fmt::Debug for SetupLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetupLink")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Why no link was made.
#[derive(Debug, Error)]
pub enum IssueError {
    /// Somebody owns the server already (409).
    #[error("This server already has an owner")]
    HasOwner,
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a link; an earlier one stops working.
pub async fn issue(core: &Core) -> Result<SetupLink, IssueError> {
    let token = Zeroizing::new(token::<32>(core.random().as_ref()));
    let hash = secrets::hash(&token);
    let now = core.now();
    let expires_at = now.plus(LIFETIME);
    core.store()
        .write(move |tx| {
            if users::has_superadmin(tx)? {
                return Err(IssueError::HasOwner);
            }
            Ok(setup_links::replace(tx, &hash, TRIES, now, expires_at)?)
        })
        .await?;
    Ok(SetupLink { token, expires_at })
}

/// Whether a token would be taken now.
pub(crate) fn check(tx: &ReadTx<'_>, token: &[u8; 32], now: Timestamp) -> Result<(), RegisterError> {
    let is_open = !users::has_superadmin(tx)? && setup_links::is_live(tx, token, now)?;
    if is_open {
        Ok(())
    } else {
        Err(RegisterError::SetupLink)
    }
}

/// Uses the link up: of any number of takers, one succeeds.
pub(crate) fn take(tx: &WriteTx<'_>, token: &[u8; 32], now: Timestamp) -> Result<(), RegisterError> {
    let is_mine = !users::has_superadmin(tx)? && setup_links::take(tx, token, now)?;
    if is_mine {
        Ok(())
    } else {
        Err(RegisterError::SetupLink)
    }
}
