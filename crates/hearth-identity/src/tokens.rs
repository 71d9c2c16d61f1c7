//! Access tokens: short-lived JWTs (d3chat.md section 2.2), HS256 and nothing else.
//!
//! To the claims of d3chat (`sub`, `exp`, `type`) come the session (`sid`) and the device (`did`), so that a
//! session that ended takes its tokens with it. Clients treat tokens as opaque.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hearth_protocol::ids::{DeviceId, SessionId, UserId};
use hearth_protocol::time::Timestamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The header of every token, in upstream's order of members.
const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
/// The `type` claim of an access token.
const ACCESS: &str = "access";
/// Ours have about 350 characters; nothing longer is looked at.
const MAX_LEN: usize = 2048;

/// What an access token says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AccessClaims {
    /// The account (`sub`).
    pub sub: UserId,
    /// When the token ends (`exp`), in whole seconds: later parts of a second are cut off.
    pub exp: Timestamp,
    /// The session (`sid`).
    pub sid: SessionId,
    /// The device (`did`).
    pub did: DeviceId,
}

/// A token is not good. Its bearer is told no more than that.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum TokenError {
    /// The token was good once.
    #[error("the access token has expired")]
    Expired,
    /// The token is not one of ours: not a JWT, another algorithm, or claims missing.
    #[error("not an access token")]
    Malformed,
    /// The signature was made with another key.
    #[error("the access token's signature is wrong")]
    Signature,
    /// The token was made for another purpose.
    #[error("a token of another type")]
    WrongType,
}

/// The secret under which this server signs access tokens.
pub struct TokenKey {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

/// The claims as JSON; the order is upstream's, then ours.
#[derive(Deserialize, Serialize)]
struct WireClaims {
    sub: UserId,
    exp: i64,
    r#type: String,
    sid: SessionId,
    did: DeviceId,
}

impl TokenKey {
    /// Bytes of a token key.
    pub(crate) const LEN: usize = 32;

    pub(crate) fn new(secret: &[u8]) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        // The library would ask the system's clock; ours is handed in and asked in `verify`.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            validation,
        }
    }

    /// Makes an access token.
    pub fn mint(&self, claims: &AccessClaims) -> String {
        self.sign_claims(&WireClaims {
            sub: claims.sub,
            exp: claims.exp.as_seconds(),
            r#type: ACCESS.to_owned(),
            sid: claims.sid,
            did: claims.did,
        })
    }

    /// Reads an access token that is good at `now`. From its `exp` on it is not; there is no leeway, since the
    /// clock that checks is the one that minted.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, TokenError> {
        let claims: WireClaims = self.read_claims(token)?;
        if claims.r#type != ACCESS {
            return Err(TokenError::WrongType);
        }
        let exp = Timestamp::from_seconds(claims.exp);
        if now >= exp {
            return Err(TokenError::Expired);
        }
        Ok(AccessClaims {
            sub: claims.sub,
            exp,
            sid: claims.sid,
            did: claims.did,
        })
    }

    fn sign_claims(&self, claims: &impl Serialize) -> String {
        let claims = serde_json::to_vec(claims).expect("ids, numbers and words are always JSON");
        let mut token = URL_SAFE_NO_PAD.encode(HEADER);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = jsonwebtoken::crypto::sign(token.as_bytes(), &self.encoding, Algorithm::HS256)
            .expect("an HMAC takes any key and any message");
        token.push('.');
        token.push_str(&signature);
        token
    }

    /// The claims of a token that was signed with this key, whatever they say.
    fn read_claims<C: DeserializeOwned>(&self, token: &str) -> Result<C, TokenError> {
        if token.len() > MAX_LEN {
            return Err(TokenError::Malformed);
        }
        match jsonwebtoken::decode(token, &self.decoding, &self.validation) {
            Ok(token) => Ok(token.claims),
            Err(error) if matches!(error.kind(), ErrorKind::InvalidSignature) => Err(TokenError::Signature),
            Err(_) => Err(TokenError::Malformed),
        }
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// The token of d3chat.md section 7.
    const VECTOR: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\
        eyJzdWIiOiIwMDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDEiLCJleHAiOjE3NjcyMjU2MDAsInR5cGUiOiJhY2Nlc3MifQ.\
        KGYU5AZcOO9gKhegXw7LMfJCa_lTtc7eg340L0G8GEk";

    #[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
    struct UpstreamClaims {
        sub: String,
        exp: i64,
        r#type: String,
    }

    fn key() -> TokenKey {
        TokenKey::new(b"test-secret-key")
    }

    fn claims() -> AccessClaims {
        AccessClaims {
            sub: "00000000-0000-4000-8000-000000000001".parse().unwrap(),
            exp: Timestamp::from_seconds(1_767_225_600),
            sid: "00000000-0000-4000-8000-000000000002".parse().unwrap(),
            did: "00000000-0000-4000-8000-000000000003".parse().unwrap(),
        }
    }

    fn before(claims: &AccessClaims) -> Timestamp {
        claims.exp.minus(Duration::from_millis(1))
    }

    #[test]
    fn the_vector_of_d3chat_is_minted_and_read() {
        let claims = UpstreamClaims {
            sub: "00000000-0000-4000-8000-000000000001".to_owned(),
            exp: 1_767_225_600,
            r#type: "access".to_owned(),
        };
        assert_eq!(key().sign_claims(&claims), VECTOR);
        assert_eq!(key().read_claims::<UpstreamClaims>(VECTOR), Ok(claims));
    }

    #[test]
    fn a_token_without_session_and_device_is_not_ours() {
        let now = Timestamp::from_seconds(1_700_000_000);
        assert_eq!(key().verify(VECTOR, now), Err(TokenError::Malformed));
    }

    #[test]
    fn claims_round_trip() {
        let token = key().mint(&claims());
        assert_eq!(key().verify(&token, before(&claims())), Ok(claims()));
        assert!(token.len() < MAX_LEN / 4);
    }

    #[test]
    fn a_token_ends_at_its_second_by_the_clock_handed_in() {
        let token = key().mint(&claims());
        assert_eq!(key().verify(&token, claims().exp), Err(TokenError::Expired));
        // Long past by the system's clock, and still good by ours.
        let long_ago = AccessClaims {
            exp: Timestamp::from_seconds(1_000),
            ..claims()
        };
        let token = key().mint(&long_ago);
        assert_eq!(key().verify(&token, Timestamp::from_seconds(999)), Ok(long_ago));
    }

    #[test]
    fn other_keys_and_altered_tokens_are_refused() {
        let token = key().mint(&claims());
        let now = before(&claims());
        assert_eq!(
            TokenKey::new(b"other").verify(&token, now),
            Err(TokenError::Signature)
        );
        for (index, byte) in token.bytes().enumerate() {
            let mut altered = token.clone().into_bytes();
            altered[index] = if byte == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert!(key().verify(&altered, now).is_err(), "{index}");
        }
    }

    #[test]
    fn other_algorithms_are_refused_though_signed_with_the_right_key() {
        let now = before(&claims());
        for algorithm in [Algorithm::HS384, Algorithm::HS512] {
            let header = jsonwebtoken::Header::new(algorithm);
            let wire = serde_json::json!({
                "sub": claims().sub, "exp": claims().exp.as_seconds(), "type": "access",
                "sid": claims().sid, "did": claims().did,
            });
            let token = jsonwebtoken::encode(&header, &wire, &key().encoding).unwrap();
            assert_eq!(key().verify(&token, now), Err(TokenError::Malformed));
        }
        let payload = key().mint(&claims());
        let payload = payload.split('.').nth(1).unwrap();
        let none = format!(
            "{}.{payload}.",
            URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#)
        );
        assert_eq!(key().verify(&none, now), Err(TokenError::Malformed));
    }

    #[test]
    fn tokens_of_other_types_are_refused() {
        let wire = |kind: &str| WireClaims {
            sub: claims().sub,
            exp: claims().exp.as_seconds(),
            r#type: kind.to_owned(),
            sid: claims().sid,
            did: claims().did,
        };
        for kind in ["refresh", "ACCESS", ""] {
            let token = key().sign_claims(&wire(kind));
            assert_eq!(
                key().verify(&token, before(&claims())),
                Err(TokenError::WrongType)
            );
        }
    }

    #[test]
    fn nonsense_is_refused() {
        let now = before(&claims());
        let long = "a".repeat(MAX_LEN + 1);
        for token in ["", ".", "..", "...", "a.b.c", "ä.ö.ü", &long, &VECTOR[..50]] {
            assert_eq!(key().verify(token, now), Err(TokenError::Malformed), "{token}");
        }
    }
}
