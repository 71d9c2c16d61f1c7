//! Why a request of another server is not answered, and how that is said on the wire.

use std::time::Duration;

use hearth_store::StoreError;
use thiserror::Error;

use super::admission::{AdmissionError, POLITE_WAIT};
use super::effect::EffectError;
use super::event::EventFault;
use super::headers::HeaderError;
use super::key::KeyFault;
use super::lookup::QueryFault;
use super::signature::SignatureFault;
use super::window::OutsideWindow;

/// A request of another server that was refused, by the stage that refused it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InboundError {
    /// Stage 3: budgets and the owner's decisions.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// Stage 6: the event could not be applied, and left no trace.
    #[error(transparent)]
    Effect(#[from] EffectError),
    /// Stage 7: the event is malformed or not the sender's to send.
    #[error(transparent)]
    Event(#[from] EventFault),
    /// Stage 1: the headers.
    #[error(transparent)]
    Headers(#[from] HeaderError),
    /// Stage 4: who the sender is could not be found out.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// The question of a user lookup makes no sense.
    #[error(transparent)]
    Query(#[from] QueryFault),
    /// Stage 5: the signature.
    #[error(transparent)]
    Signature(#[from] SignatureFault),
    /// Stage 2: the time.
    #[error(transparent)]
    Window(#[from] OutsideWindow),
}

impl InboundError {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Admission(error) => admission_status(*error),
            Self::Effect(error) => effect_status(error),
            Self::Event(error) => event_status(error),
            Self::Headers(HeaderError::BodyTooLong) => 413,
            Self::Headers(HeaderError::OwnName) => 403,
            Self::Headers(_) | Self::Signature(_) | Self::Window(_) => 401,
            Self::Key(error) => key_status(error),
            Self::Query(_) => 422,
        }
    }

    /// The words for the other server's log, as the member `detail`.
    pub fn detail(&self) -> String {
        self.to_string()
    }

    /// When to come back, if coming back helps.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Admission(
                AdmissionError::FetchBudget { retry_after }
                | AdmissionError::OriginBudget { retry_after }
                | AdmissionError::PairBudget { retry_after }
                | AdmissionError::SourceBudget { retry_after },
            )
            | Self::Key(KeyFault::FetchBudget { retry_after }) => Some(*retry_after),
            Self::Admission(AdmissionError::Pending | AdmissionError::SwitchedOff)
            | Self::Key(KeyFault::Pending)
            | Self::Effect(EffectError::TooMany | EffectError::TooManyRemembered) => Some(POLITE_WAIT),
            Self::Key(KeyFault::Unreachable { .. }) => Some(Duration::from_mins(1)),
            Self::Effect(EffectError::Store(_)) => Some(Duration::from_secs(30)),
            _ => None,
        }
    }

    /// A stable word for metrics and logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Admission(error) => admission_code(*error),
            Self::Effect(EffectError::Fault(_)) => "effect_failed",
            Self::Effect(EffectError::OthersChannel) => "channel_id_taken",
            Self::Effect(EffectError::Store(_)) => "store_failed",
            Self::Effect(EffectError::TooMany) => "too_many",
            Self::Effect(EffectError::TooManyRemembered) => "too_many_remembered",
            Self::Event(error) => error.code(),
            Self::Headers(error) => header_code(*error),
            Self::Key(KeyFault::FetchBudget { .. }) => "fetch_budget",
            Self::Key(KeyFault::Pending) => "pending",
            Self::Key(KeyFault::Refused { .. }) => "origin_refused",
            Self::Key(KeyFault::Blocked) => "blocked",
            Self::Key(KeyFault::Unreachable { .. }) => "origin_unreachable",
            Self::Query(_) => "query",
            Self::Signature(SignatureFault::Changed) => "key_changed",
            Self::Signature(SignatureFault::Invalid) => "signature_invalid",
            Self::Window(_) => "outside_window",
        }
    }
}

fn admission_status(error: AdmissionError) -> u16 {
    match error {
        AdmissionError::Blocked => 403,
        AdmissionError::Pending | AdmissionError::SwitchedOff => 503,
        AdmissionError::FetchBudget { .. }
        | AdmissionError::OriginBudget { .. }
        | AdmissionError::PairBudget { .. }
        | AdmissionError::SourceBudget { .. } => 429,
    }
}

fn admission_code(error: AdmissionError) -> &'static str {
    match error {
        AdmissionError::Blocked => "blocked",
        AdmissionError::FetchBudget { .. } => "fetch_budget",
        AdmissionError::OriginBudget { .. } => "origin_budget",
        AdmissionError::PairBudget { .. } => "pair_budget",
        AdmissionError::Pending => "pending",
        AdmissionError::SourceBudget { .. } => "source_budget",
        AdmissionError::SwitchedOff => "switched_off",
    }
}

fn header_code(error: HeaderError) -> &'static str {
    match error {
        HeaderError::BodyTooLong => "body_too_long",
        HeaderError::Missing => "headers_missing",
        HeaderError::Origin => "origin_invalid",
        HeaderError::OwnName => "origin_is_own",
        HeaderError::Signature => "signature_malformed",
        HeaderError::Timestamp => "timestamp_invalid",
    }
}

fn key_status(error: &KeyFault) -> u16 {
    match error {
        KeyFault::Blocked => 403,
        KeyFault::FetchBudget { .. } => 429,
        KeyFault::Pending | KeyFault::Unreachable { .. } => 503,
        KeyFault::Refused { .. } => 401,
    }
}

fn effect_status(error: &EffectError) -> u16 {
    match error {
        EffectError::Fault(_) => 500,
        EffectError::OthersChannel => 409,
        EffectError::Store(StoreError::DiskFull) => 507,
        EffectError::Store(_) => 503,
        EffectError::TooMany | EffectError::TooManyRemembered => 429,
    }
}

fn event_status(error: &EventFault) -> u16 {
    match error {
        EventFault::OtherOrigin => 403,
        EventFault::Malformed(_) | EventFault::OtherDestination => 400,
    }
}
