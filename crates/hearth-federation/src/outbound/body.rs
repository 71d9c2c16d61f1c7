//! Reading an answer without letting it grow.

use bytes::{Bytes, BytesMut};

use super::transport::TransportError;

/// The longest answer read from another server: descriptors, lookups and refusals are far below.
pub(super) const MAX_BODY: usize = 64 * 1024;

/// Reads a body of at most [`MAX_BODY`] bytes; a longer one costs no more than that.
pub(super) async fn read(mut response: reqwest::Response) -> Result<Bytes, TransportError> {
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
