//! What this server publishes about itself.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hearth_core::{Core, settings};
use hearth_identity::Identity;
use hearth_identity::tls::{ServedCertificate, TlsIdentity};
use hearth_protocol::cryptid::capabilities::{Capabilities, MLS_MESSAGING, MessageLimits, RateLimits};
use hearth_protocol::d3chat::PROTOCOL_VERSION;
use hearth_protocol::d3chat::attestation::Attestation;
use hearth_protocol::d3chat::descriptor::{InboxLimits, ServerDescriptor, Software};
use hearth_protocol::d3chat::features::Features;
use hearth_protocol::d3chat::key_history::{KeyEntry, KeysDocument};
use hearth_protocol::env::Clock;
use hearth_protocol::fingerprint::Fingerprint;
use hearth_protocol::names::CryptidName;
use hearth_protocol::time::Timestamp;
use hearth_protocol::version::ProtocolVersion;
use thiserror::Error;

use crate::config::FederationConfig;
use crate::inbound::MAX_BODY;

/// An attestation is made anew when it is this old: others accept it for seven days, and caches lie between.
const ATTEST_EVERY: Duration = Duration::from_hours(1);

/// Messages per minute that other Cryptid servers may send, as the protocol's own example has it.
const CRYPTID_PER_MINUTE: u32 = 1_000;

/// Why this server does not take part in Cryptid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CryptidOff {
    /// Its name has a port, is an address or has one label only, which no Cryptid address can hold.
    #[error("the name of this server has a port, is an address or is not a public host name")]
    Name,
    /// The certificate that others see is not known here, so its fingerprint cannot be published.
    #[error("the certificate that others see is not known to this server")]
    NoFingerprint,
}

/// The documents this server publishes.
#[derive(Debug)]
pub(crate) struct Published {
    config: Arc<FederationConfig>,
    core: Core,
    identity: Arc<Identity>,
    tls: Option<Arc<TlsIdentity>>,
    clock: Arc<dyn Clock>,
    key_since: Timestamp,
    attested: Mutex<Option<(Fingerprint, Attestation)>>,
}

impl Published {
    /// `key_since` is when the signing key came into use.
    pub(crate) fn new(
        config: Arc<FederationConfig>,
        core: Core,
        identity: Arc<Identity>,
        tls: Option<Arc<TlsIdentity>>,
        clock: Arc<dyn Clock>,
        key_since: Timestamp,
    ) -> Self {
        Self {
            config,
            core,
            identity,
            tls,
            clock,
            key_since,
            attested: Mutex::new(None),
        }
    }

    /// `/.well-known/d3chat-server`.
    pub(crate) fn descriptor(&self) -> ServerDescriptor {
        let served = self.tls.as_ref().map(|tls| tls.served());
        let (name, version) = self.config.software.clone();
        ServerDescriptor {
            domain: self.config.server_name.clone(),
            signing_key_public: self.identity.public_key(),
            api_base_url: self.config.api_base_url.clone(),
            protocol_version: PROTOCOL_VERSION,
            certificate_fingerprint: served.as_ref().map(|served| served.fingerprint),
            limits: Some(InboxLimits {
                inbox_requests_per_minute: self.config.budgets.origin_per_minute,
                // Batches are a feature, and it is not listed: an event comes alone.
                max_batch: 1,
                max_batch_bytes: MAX_BODY as u64,
            }),
            software: Some(Software { name, version }),
            features: features(),
            attestation: served.map(|served| self.attestation(&served)),
        }
    }

    /// `/.well-known/d3chat-server/keys`.
    pub(crate) fn keys(&self) -> KeysDocument {
        KeysDocument {
            domain: self.config.server_name.clone(),
            keys: vec![KeyEntry {
                key_id: self.identity.key_id().to_owned(),
                public_key: self.identity.public_key(),
                valid_from: self.key_since,
                valid_until: None,
                predecessor: None,
                signature: None,
            }],
        }
    }

    /// `/.well-known/cryptid`.
    pub(crate) fn capabilities(&self) -> Result<Capabilities, CryptidOff> {
        let server_name = CryptidName::try_from(&self.config.server_name).map_err(|_| CryptidOff::Name)?;
        let served = self.tls.as_ref().ok_or(CryptidOff::NoFingerprint)?.served();
        Ok(Capabilities {
            protocol_version: ProtocolVersion::new(1, 0),
            server_name,
            federation_enabled: settings::federation_enabled(&self.core),
            supported_features: vec![MLS_MESSAGING.to_owned()],
            rate_limits: RateLimits {
                federated_messages_per_minute: CRYPTID_PER_MINUTE,
                announcements_per_hour: 24,
                infopackage_uploads_per_hour: None,
                infopackage_uploads_per_day: None,
            },
            message_limits: MessageLimits {
                max_message_size: 10_485_760,
                max_retention_days: 30,
            },
            certificate_fingerprint: served.fingerprint,
            websocket: None,
            federation_keys: Vec::new(),
        })
    }

    /// The signing key's word for the certificate that is served now, made anew from time to time.
    fn attestation(&self, served: &ServedCertificate) -> Attestation {
        let now = self.clock.now();
        let mut attested = self.attested.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((fingerprint, attestation)) = &*attested
            && *fingerprint == served.fingerprint
            // A clock that was set back must not keep an attestation from the future alive.
            && attestation.issued_at <= now
            && now.since(attestation.issued_at) < ATTEST_EVERY
        {
            return attestation.clone();
        }
        let fresh = self
            .identity
            .attest(&self.config.server_name, served, &features(), now);
        *attested = Some((served.fingerprint, fresh.clone()));
        fresh
    }
}

/// What this server can do beyond the published protocol.
fn features() -> Features {
    Features::default()
}
