//! How evidence is judged: pure functions from what is pinned and what is seen to what follows.

use hearth_store::tables::alerts::Severity;
use hearth_store::tables::peers::Pins;

use crate::config::FirstContact;

/// What evidence says about a server that was pinned before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing vouches for what changed: nothing is sent until the owner decides.
    Changed(Change),
    /// Another certificate around the same key, as an ordinary renewal makes.
    Renewed,
    /// Everything is as pinned.
    Unchanged,
}

/// What changed without anybody vouching for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Certificate and signing key: nothing is left of the server that was pinned.
    Both,
    /// The certificate and the key inside it.
    Certificate,
    /// The signing key.
    SigningKey,
}

impl Change {
    /// The stable word for alerts and the trust table.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Both => "identity_changed",
            Self::Certificate => "certificate_changed",
            Self::SigningKey => "signing_key_changed",
        }
    }

    /// How urgent the alert is.
    pub(crate) fn severity(self) -> Severity {
        match self {
            Self::Both => Severity::Severe,
            Self::Certificate | Self::SigningKey => Severity::Warning,
        }
    }
}

/// Judges what a pinned server shows now.
pub(crate) fn judge(pinned: &Pins, seen: &Pins) -> Verdict {
    let is_same_key = pinned.key == seen.key;
    match (pinned.fingerprint == seen.fingerprint, pinned.spki == seen.spki) {
        (true, _) if is_same_key => Verdict::Unchanged,
        (true, _) => Verdict::Changed(Change::SigningKey),
        (false, true) if is_same_key => Verdict::Renewed,
        (false, _) if is_same_key => Verdict::Changed(Change::Certificate),
        (false, _) => Verdict::Changed(Change::Both),
    }
}

/// Why a server met for the first time waits for the owner; `None` when it pins by itself.
pub(crate) fn why_ask(setting: FirstContact, seen: &Pins) -> Option<&'static str> {
    match setting {
        FirstContact::AskAll => Some("new"),
        FirstContact::AskSelfSigned if !seen.is_publicly_trusted => Some("self_signed"),
        FirstContact::AskSelfSigned | FirstContact::Trust => None,
    }
}

#[cfg(test)]
mod tests {
    use hearth_protocol::fingerprint::{Fingerprint, SpkiHash};
    use hearth_protocol::time::Timestamp;

    use super::*;
    use crate::testing::public_key;

    fn pins(key: u8, leaf: u8, spki: u8) -> Pins {
        Pins {
            key: public_key(key),
            fingerprint: Fingerprint::of_der(&[leaf]),
            spki: SpkiHash::of_spki_der(&[spki]),
            is_publicly_trusted: false,
            since: Timestamp::EPOCH,
        }
    }

    #[test]
    fn every_row_of_the_change_table_so_far() {
        let pinned = pins(1, 1, 1);
        for (seen, verdict) in [
            (pins(1, 1, 1), Verdict::Unchanged),
            (pins(1, 2, 1), Verdict::Renewed),
            (pins(1, 2, 2), Verdict::Changed(Change::Certificate)),
            (pins(2, 1, 1), Verdict::Changed(Change::SigningKey)),
            (pins(2, 2, 2), Verdict::Changed(Change::Both)),
            // A renewal does not vouch for another signing key.
            (pins(2, 2, 1), Verdict::Changed(Change::Both)),
        ] {
            assert_eq!(judge(&pinned, &seen), verdict, "{seen:?}");
        }
    }

    #[test]
    fn first_contact_follows_the_setting() {
        let self_signed = pins(1, 1, 1);
        let public = Pins {
            is_publicly_trusted: true,
            ..self_signed
        };
        for (setting, asks_for_self_signed, asks_for_public) in [
            (FirstContact::AskAll, true, true),
            (FirstContact::AskSelfSigned, true, false),
            (FirstContact::Trust, false, false),
        ] {
            assert_eq!(why_ask(setting, &self_signed).is_some(), asks_for_self_signed);
            assert_eq!(why_ask(setting, &public).is_some(), asks_for_public);
        }
    }
}
