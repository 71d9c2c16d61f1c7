//! One request and its answer: bounded, and with our own reason when it fails.

use std::error::Error as _;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::RETRY_AFTER;

use super::guard::ForbiddenAddress;
use super::transport::{PeerResponse, TransportError};

/// Sends a request and reads the whole answer.
pub(super) async fn exchange(builder: reqwest::RequestBuilder) -> Result<PeerResponse, TransportError> {
    let response = builder.send().await.map_err(|error| failure(&error))?;
    let status = response.status().as_u16();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(Duration::from_secs);
    let body = read(response).await?;
    Ok(PeerResponse {
        status,
        retry_after,
        body,
    })
}

/// Finds our own reason in the chain of causes, and words for the others.
fn failure(error: &reqwest::Error) -> TransportError {
    let mut cause = error.source();
    let mut words = Vec::new();
    while let Some(error) = cause {
        if let Some(own) = error.downcast_ref::<TransportError>() {
            return own.clone();
        }
        if let Some(forbidden) = error.downcast_ref::<ForbiddenAddress>() {
            return (*forbidden).into();
        }
        words.push(error.to_string());
        cause = error.source();
    }
    let detail = words.pop().unwrap_or_else(|| error.to_string());
    if error.is_connect() {
        TransportError::Connect { detail }
    } else {
        TransportError::Broken { detail }
    }
}

/// The longest answer read from another server: descriptors, lookups and refusals are far below.
const MAX_BODY: usize = 64 * 1024;

/// Reads a body of at most [`MAX_BODY`] bytes; a longer one costs no more than that.
async fn read(mut response: reqwest::Response) -> Result<Bytes, TransportError> {
    if response
        .content_length()
        .is_some_and(|length| length > MAX_BODY as u64)
    {
        return Err(TransportError::TooLong);
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(TransportError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn broken(error: reqwest::Error) -> TransportError {
    TransportError::Broken {
        detail: error.without_url().to_string(),
    }
}
