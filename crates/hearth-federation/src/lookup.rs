//! Asking another server whether it has an account of some name (d3chat section 5.5).

use std::sync::Arc;

use hearth_core::accounts::{self, RememberError, User};
use hearth_core::{Core, settings};
use hearth_protocol::d3chat::lookup::LookupAnswer;
use hearth_protocol::json::JsonError;
use hearth_protocol::names::UserAddress;
use hearth_store::StoreError;
use thiserror::Error;

use crate::delivery::{Delivery, words_of};
use crate::discovery::{Discovery, DiscoveryError};
use crate::outbound::{PeerResponse, Transport, TransportError};
use crate::signed::Signer;
use crate::trust::keeper::Asker;
use crate::trust::{PeerTrust, Standing};

/// Whether there is such a person could not be found out.
#[derive(Debug, Error)]
pub enum LookupError {
    /// The owner does not federate with that server.
    #[error("This server does not federate with that one")]
    Blocked,
    /// It could not be found out who that server is.
    #[error("That server could not be identified: {0}")]
    Discovery(#[from] DiscoveryError),
    /// That server is not recognised any more; the owner has to decide.
    #[error("That server shows another identity than before. The owner of this server has to decide")]
    Held,
    /// That server is new here; the owner has to confirm it.
    #[error("That server is new here. The owner of this server has to confirm it first")]
    Pending,
    /// That server refused to answer.
    #[error("That server refused: {words}")]
    Refused {
        /// Its words.
        words: String,
    },
    /// Federation is switched off here.
    #[error("Federation is switched off on this server")]
    SwitchedOff,
    /// The person could not be remembered.
    #[error(transparent)]
    Remember(#[from] RememberError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// That server cannot answer now.
    #[error("That server cannot answer now: {words}")]
    TheyWait {
        /// Its words.
        words: String,
    },
    /// That server could not be reached.
    #[error("That server could not be reached: {0}")]
    Transport(#[from] TransportError),
    /// The answer cannot be read.
    #[error("That server's answer makes no sense: {0}")]
    Unreadable(#[from] JsonError),
    /// The answer is about somebody else.
    #[error("That server answered about somebody else")]
    WrongAnswer,
}

/// What asking takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asking<'a> {
    pub(crate) core: &'a Core,
    pub(crate) discovery: &'a Arc<Discovery>,
    pub(crate) delivery: &'a Arc<Delivery>,
    pub(crate) transport: &'a dyn Transport,
    pub(crate) signer: &'a Signer,
}

impl Asking<'_> {
    /// Finds a person here or there. Somebody met before is found even while their server is away.
    pub(crate) async fn find(self, address: &UserAddress) -> Result<Option<User>, LookupError> {
        let known = accounts::lookup_local(self.core, address).await?;
        if address.server == *self.core.server_name() {
            return Ok(known);
        }
        match self.ask(address).await {
            Ok(LookupAnswer::NotFound) => Ok(None),
            Ok(LookupAnswer::Found { .. }) => Ok(Some(accounts::remember_remote(self.core, address).await?)),
            Err(error) if known.is_some() && error.is_absence() => Ok(known),
            Err(error) => Err(error),
        }
    }

    async fn ask(self, address: &UserAddress) -> Result<LookupAnswer, LookupError> {
        if !settings::federation_enabled(self.core) {
            return Err(LookupError::SwitchedOff);
        }
        let peer = self.discovery.meet(&address.server, Asker::Ours).await?;
        let response = match self.ask_peer(&peer, address).await {
            Err(LookupError::Transport(TransportError::PinMismatch { .. })) => {
                self.ask_again(&peer, address).await?
            }
            other => other?,
        };
        read(&response, address)
    }

    async fn ask_peer(self, peer: &PeerTrust, address: &UserAddress) -> Result<PeerResponse, LookupError> {
        match peer.standing {
            Standing::Pinned => {}
            Standing::Blocked => return Err(LookupError::Blocked),
            Standing::Held => return Err(LookupError::Held),
            Standing::Request | Standing::Unknown => return Err(LookupError::Pending),
        }
        // It counts against what that server takes from us. People do not queue behind events, and so may not
        // take more than a share of it.
        if !self.delivery.may_ask(peer) {
            let words = "it was asked too much in the last minute".to_owned();
            return Err(LookupError::TheyWait { words });
        }
        let request = self.signer.lookup(&peer.base_url, &address.username);
        let target = self.discovery.target(&peer.name);
        let response = self.transport.send(&target, peer.generation, request).await?;
        self.delivery.contact(&peer.name);
        Ok(response)
    }

    /// After a certificate that is not the pinned one: evidence decides whether to ask once more.
    async fn ask_again(self, peer: &PeerTrust, address: &UserAddress) -> Result<PeerResponse, LookupError> {
        if let Some(Err(error)) = self.discovery.look_again(&peer.name).await {
            return Err(error.into());
        }
        let now = self.discovery.known(&peer.name).ok_or(LookupError::Held)?;
        if now.generation == peer.generation {
            return Err(LookupError::Held);
        }
        self.ask_peer(&now, address).await
    }
}

impl LookupError {
    /// Whether it says no more than that the other server is away.
    fn is_absence(&self) -> bool {
        match self {
            Self::Discovery(error) => error.is_transient(),
            Self::SwitchedOff | Self::TheyWait { .. } => true,
            Self::Transport(error) => !matches!(error, TransportError::PinMismatch { .. }),
            _ => false,
        }
    }
}

fn read(response: &PeerResponse, address: &UserAddress) -> Result<LookupAnswer, LookupError> {
    let words = || words_of(&response.body);
    match response.status {
        200 => {}
        408 | 425 | 429 | 500..=599 => return Err(LookupError::TheyWait { words: words() }),
        _ => return Err(LookupError::Refused { words: words() }),
    }
    let answer = LookupAnswer::parse(&response.body)?;
    if answer.answers(address) {
        Ok(answer)
    } else {
        Err(LookupError::WrongAnswer)
    }
}
