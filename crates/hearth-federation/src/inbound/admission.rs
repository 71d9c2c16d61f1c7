//! Stage 3: budgets, and what the owner decided.
//!
//! Before a signature has verified, nobody's name is worth anything, so nothing is charged to it. Only the
//! source address pays: for the request, for the pair of itself and the origin it claims, and for making this
//! server ask a stranger who it is. The claimed origin's own budget is merely looked at.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::time::Duration;

use hearth_bus::{Budget, Bus, Charge};
use hearth_protocol::names::ServerName;
use thiserror::Error;

use crate::config::FederationBudgets;
use crate::trust::Standing;

/// How long a polite "not now" asks to wait. A wait must never look like a refusal, so it is 503, not 403.
pub(crate) const POLITE_WAIT: Duration = Duration::from_hours(1);

/// The request is not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AdmissionError {
    /// The owner has shut the origin out.
    #[error("This server does not federate with yours")]
    Blocked,
    /// Too many requests that would make this server look up strangers.
    #[error("Federation rate limit exceeded")]
    FetchBudget {
        /// When to come back.
        retry_after: Duration,
    },
    /// The origin has spent its budget.
    #[error("Federation rate limit exceeded")]
    OriginBudget {
        /// When to come back.
        retry_after: Duration,
    },
    /// This source has claimed to be this origin too often.
    #[error("Federation rate limit exceeded")]
    PairBudget {
        /// When to come back.
        retry_after: Duration,
    },
    /// The origin waits for the owner's decision.
    #[error("Your server waits to be confirmed by the owner of this one")]
    Pending,
    /// The source address has spent its budget.
    #[error("Federation rate limit exceeded")]
    SourceBudget {
        /// When to come back.
        retry_after: Duration,
    },
    /// Federation is switched off here for now.
    #[error("Federation is switched off on this server for now")]
    SwitchedOff,
}

/// What an origin asks, which decides the budget that pays for it.
///
/// A signature does not say for whom it was made, so whoever was asked something may ask it again elsewhere for
/// five minutes. Repeated questions must not cost the origin its place for events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// An event to take.
    Event,
    /// Who has a name.
    Lookup,
}

/// The budgets of this stage.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budgets {
    source: Budget,
    pair: Budget,
    origin: Budget,
    origin_lookups: Budget,
    fetch_per_source: Budget,
    fetch: Budget,
}

impl Budgets {
    pub(crate) fn new(limits: &FederationBudgets) -> Self {
        Self {
            source: Budget::per_minute("federation-source", limits.source_per_minute),
            // Twice the verified budget: an honest origin meets its own limit first.
            pair: Budget::per_minute("federation-pair", limits.origin_per_minute.saturating_mul(2)),
            origin: Budget::per_minute("federation-origin", limits.origin_per_minute),
            origin_lookups: Budget::per_minute("federation-origin-lookups", limits.origin_per_minute),
            fetch_per_source: Budget::per_minute(
                "federation-fetch-source",
                limits.fetch_per_source_per_minute,
            ),
            fetch: Budget::per_minute("federation-fetch", limits.fetch_per_minute),
        }
    }

    /// Charges the source for an unproven request and looks at what the claimed origin has left.
    pub(crate) async fn charge_unproven(
        &self,
        bus: &dyn Bus,
        source: IpAddr,
        claimed: &ServerName,
        asked: Asked,
    ) -> Result<(), AdmissionError> {
        let source = source_key(source);
        if let Charge::Refused { retry_after } = bus.charge(&self.source, &source, 1).await {
            return Err(AdmissionError::SourceBudget { retry_after });
        }
        let pair = format!("{source} {claimed}");
        if let Charge::Refused { retry_after } = bus.charge(&self.pair, &pair, 1).await {
            return Err(AdmissionError::PairBudget { retry_after });
        }
        match bus.peek(self.of_origin(asked), claimed.as_str()).await {
            Charge::Allowed => Ok(()),
            Charge::Refused { retry_after } => Err(AdmissionError::OriginBudget { retry_after }),
        }
    }

    /// Charges for a connection that this server opens on account of an unproven request.
    pub(crate) async fn charge_fetch(&self, bus: &dyn Bus, source: IpAddr) -> Result<(), AdmissionError> {
        let source = source_key(source);
        // The source first: what it may not spend must not be missing from everybody's.
        for (budget, key) in [
            (&self.fetch_per_source, source.as_str()),
            (&self.fetch, "everybody"),
        ] {
            if let Charge::Refused { retry_after } = bus.charge(budget, key, 1).await {
                return Err(AdmissionError::FetchBudget { retry_after });
            }
        }
        Ok(())
    }

    /// Charges an origin whose signature has verified, for something that nobody can have repeated.
    pub(crate) async fn charge_verified(
        &self,
        bus: &dyn Bus,
        origin: &ServerName,
        asked: Asked,
    ) -> Result<(), AdmissionError> {
        match bus.charge(self.of_origin(asked), origin.as_str(), 1).await {
            Charge::Allowed => Ok(()),
            Charge::Refused { retry_after } => Err(AdmissionError::OriginBudget { retry_after }),
        }
    }

    fn of_origin(&self, asked: Asked) -> &Budget {
        match asked {
            Asked::Event => &self.origin,
            Asked::Lookup => &self.origin_lookups,
        }
    }
}

/// What the owner decided, as far as it answers a request by itself.
pub(crate) fn check_policy(is_switched_on: bool, standing: Option<Standing>) -> Result<(), AdmissionError> {
    if standing == Some(Standing::Blocked) {
        return Err(AdmissionError::Blocked);
    }
    if !is_switched_on {
        return Err(AdmissionError::SwitchedOff);
    }
    match standing {
        Some(Standing::Request) => Err(AdmissionError::Pending),
        // A held server that was trusted before still speaks with its old key. One that never was may make
        // sense by now: the next stage looks at it now and then, and has it wait until then.
        _ => Ok(()),
    }
}

/// The part of an address that one customer of one provider holds: all of IPv4, 64 bits of IPv6.
fn source_key(source: IpAddr) -> String {
    match source.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let mut key = String::new();
            for segment in v6.segments().into_iter().take(4) {
                let _ = write!(key, "{segment:x}:");
            }
            key
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_customer_has_one_bucket() {
        let key = |text: &str| source_key(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
    }

    #[test]
    fn a_block_is_said_and_everything_else_is_a_wait() {
        use AdmissionError::{Blocked, Pending, SwitchedOff};
        for (is_on, standing, expected) in [
            (true, None, Ok(())),
            (true, Some(Standing::Unknown), Ok(())),
            (true, Some(Standing::Pinned), Ok(())),
            (true, Some(Standing::Held), Ok(())),
            (true, Some(Standing::Request), Err(Pending)),
            (true, Some(Standing::Blocked), Err(Blocked)),
            (false, Some(Standing::Blocked), Err(Blocked)),
            (false, Some(Standing::Pinned), Err(SwitchedOff)),
            (false, None, Err(SwitchedOff)),
        ] {
            assert_eq!(check_policy(is_on, standing), expected, "{standing:?}");
        }
    }
}
