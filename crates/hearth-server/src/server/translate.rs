//! From this crate's settings to those of the rooms below.

use std::path::Path;

use hearth_core::settings::RegistrationMode;
use hearth_core::{Argon2Cost, CoreConfig, CoreLimits};
use hearth_federation::{FederationBudgets, FederationConfig, FirstContact};
use hearth_protocol::names::ServerName;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::StartError;
use crate::config::{Config, FirstContactMode, RegistrationChoice};

/// The settings that the rules of the house take.
pub(super) fn for_core(name: &ServerName, config: &Config) -> CoreConfig {
    let limits = &config.limits;
    CoreConfig {
        server_name: name.clone(),
        argon2: Argon2Cost {
            memory_kib: limits.password_memory_kib,
            passes: limits.password_passes,
            lanes: limits.password_lanes,
        },
        registration: config.registration.mode.map(registration_mode),
        limits: CoreLimits {
            logins_per_address: limits.logins_per_minute,
            registrations_per_address: limits.registrations_per_hour,
            wrong_passwords_per_account_and_address: limits.wrong_passwords_per_account_and_address,
            wrong_passwords_per_account: limits.wrong_passwords_per_account,
            hashes_at_once: limits.password_hashes_at_once,
            hashes_waiting_per_address: limits.password_hashes_waiting_per_address,
            hashes_waiting: limits.password_hashes_waiting,
            typing_per_user: limits.typing_per_minute,
            ..CoreLimits::default()
        },
    }
}

fn registration_mode(choice: RegistrationChoice) -> RegistrationMode {
    match choice {
        RegistrationChoice::Open => RegistrationMode::Open,
        RegistrationChoice::InviteOnly => RegistrationMode::InviteOnly,
        RegistrationChoice::Closed => RegistrationMode::Closed,
    }
}

/// The settings that federation takes. Reads the extra authorities.
pub(super) fn for_federation(name: &ServerName, config: &Config) -> Result<FederationConfig, StartError> {
    let limits = &config.limits;
    let mut extra_roots = Vec::new();
    for path in &config.federation.extra_roots {
        extra_roots.extend(read_certificates(path)?);
    }
    Ok(FederationConfig {
        first_contact: match config.federation.first_contact {
            FirstContactMode::AskSelfSigned => FirstContact::AskSelfSigned,
            FirstContactMode::Trust => FirstContact::Trust,
            FirstContactMode::AskAll => FirstContact::AskAll,
        },
        allow_loopback_peers: config.federation.allow_loopback_peers,
        hosts: config.hosts.clone(),
        extra_roots,
        budgets: FederationBudgets {
            origin_per_minute: limits.federation_requests_per_minute,
            source_per_minute: limits.federation_source_requests_per_minute,
            fetch_per_source_per_minute: limits.federation_fetches_per_source_per_minute,
            fetch_per_minute: limits.federation_fetches_per_minute,
            assumed_peer_per_minute: limits.federation_sends_per_minute,
            ..FederationBudgets::default()
        },
        queue_max_age: config.federation.queue_max_age,
        software: ("hearth".to_owned(), crate::VERSION.to_owned()),
        ..FederationConfig::new(name.clone())
    })
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, StartError> {
    let unreadable = |reason: String| StartError::Authorities {
        path: path.to_owned(),
        reason,
    };
    let found = CertificateDer::pem_file_iter(path).map_err(|error| unreadable(error.to_string()))?;
    let certificates: Vec<_> = found
        .collect::<Result<_, _>>()
        .map_err(|error| unreadable(error.to_string()))?;
    if certificates.is_empty() {
        return Err(unreadable("there is none in it".to_owned()));
    }
    Ok(certificates)
}
