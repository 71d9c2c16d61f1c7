//! `GET /v1/health`: how a server is (Cryptid reference, section 2.2).

use serde::{Deserialize, Serialize};

use crate::json::{self, JsonError, Limits};
use crate::time::{Timestamp, unix_seconds};

/// How a server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HealthStatus {
    /// It works, with trouble: high load or a part that is missing.
    Degraded,
    /// Everything works.
    Healthy,
    /// It answers but cannot be relied on, or is under maintenance.
    Unhealthy,
}

impl HealthStatus {
    /// The HTTP status that goes with it. Load balancers drop a node on 503, so a degraded one answers 200.
    pub const fn http_status(self) -> u16 {
        match self {
            Self::Degraded | Self::Healthy => 200,
            Self::Unhealthy => 503,
        }
    }
}

/// The answer of the health route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// How the server is.
    pub status: HealthStatus,
    /// Its wall clock, by which others check theirs; Unix seconds on the wire.
    #[serde(with = "unix_seconds")]
    pub timestamp: Timestamp,
    /// The version of its software, not of the protocol: `major.minor.patch`.
    pub version: String,
    /// Seconds since it started.
    pub uptime: u64,
    /// What is wrong, out of a fixed list of phrases. Only when unhealthy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
}

impl Health {
    /// Reads an answer.
    pub fn parse(bytes: &[u8]) -> Result<Self, JsonError> {
        json::parse_unique(bytes, &Limits::DOCUMENT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_examples_of_the_seed_are_written_as_read() {
        for (text, status) in [
            (
                r#"{"status":"healthy","timestamp":1759000000,"version":"1.0.0","uptime":2592000}"#,
                200,
            ),
            (
                r#"{"status":"unhealthy","timestamp":1759000000,"version":"1.0.0","uptime":3600,"details":"Database connection failed"}"#,
                503,
            ),
        ] {
            let health = Health::parse(text.as_bytes()).unwrap();
            assert_eq!(serde_json::to_string(&health).unwrap(), text);
            assert_eq!(health.status.http_status(), status);
        }
    }

    #[test]
    fn a_degraded_node_stays_in_rotation() {
        assert_eq!(HealthStatus::Degraded.http_status(), 200);
    }

    #[test]
    fn bent_answers_are_refused() {
        for text in [
            r#"{"status":"fine","timestamp":1,"version":"1.0.0","uptime":1}"#,
            r#"{"status":"healthy","timestamp":1.5,"version":"1.0.0","uptime":1}"#,
            r#"{"status":"healthy","timestamp":1,"version":"1.0.0","uptime":-1}"#,
            r#"{"status":"healthy","timestamp":1,"uptime":1}"#,
            r#"{"status":"healthy","status":"healthy","timestamp":1,"version":"1.0.0","uptime":1}"#,
        ] {
            assert!(Health::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
