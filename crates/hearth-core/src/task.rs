//! Work that must not stop half-way.

use hearth_store::StoreError;

/// Runs `work` to its end even if the caller stops waiting, and returns its result.
///
/// A web framework drops a request's future when the client goes away, but a submitted write commits all the
/// same (see `Store::write`). Publishing what it did must then happen too.
pub(crate) async fn to_the_end<T, E>(
    work: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    match tokio::spawn(work).await {
        Ok(result) => result,
        Err(failure) => match failure.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Only the runtime's own end cancels it, and the store ends with it.
            Err(_) => Err(StoreError::Closed.into()),
        },
    }
}
