//! The owner's door on a machine without a window: the same router, the same authority, over a socket in the
//! data folder that only the server's own user can open.

use std::path::{Path, PathBuf};

use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::data_folder::DataFolder;
use crate::door::ConsoleDoor;

/// An answer of the running server.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The body; `Null` when there is none.
    pub(crate) body: serde_json::Value,
}

/// The running server could not be asked.
#[derive(Debug, Error)]
pub enum AskError {
    /// There is no socket, or nobody answers there.
    #[error("cannot reach it at {}", path.display())]
    Unreachable {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The answer makes no sense.
    #[error("its answer makes no sense")]
    Garbled,
}

#[cfg(unix)]
mod unix {
    use std::convert::Infallible;
    use std::io;
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::Duration;

    use axum::body::Body;
    use http::Request;
    use hyper::body::Incoming;
    use hyper::server::conn::http1;
    use hyper::service::service_fn;
    use hyper_util::rt::{TokioIo, TokioTimer};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{UnixListener, UnixStream};

    use super::{Answer, AskError, CancellationToken, ConsoleDoor, DataFolder, Path, PathBuf};

    /// How long a request may take to arrive.
    const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
    /// How long to wait after a failed accept.
    const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
    /// Largest answer that the asking side reads.
    const MAX_ANSWER: u64 = 1024 * 1024;

    /// The socket, open and not yet served.
    #[derive(Debug)]
    pub(crate) struct OwnerSocket {
        path: PathBuf,
        listener: UnixListener,
    }

    impl OwnerSocket {
        /// Opens the socket. A server without it works, so a failure is only told.
        pub(crate) fn open(path: &Path) -> Option<Self> {
            match bind(path) {
                Ok(listener) => Some(Self {
                    path: path.to_owned(),
                    listener,
                }),
                Err(error) => {
                    tracing::warn!(%error, path = %path.display(), "the owner's socket could not be opened");
                    None
                }
            }
        }

        /// Serves the door on the socket until the server stops, then removes the socket.
        pub(crate) async fn serve(self, door: ConsoleDoor, stopping: CancellationToken) {
            loop {
                tokio::select! {
                    biased;
                    () = stopping.cancelled() => break,
                    accepted = self.listener.accept() => match accepted {
                        Ok((stream, _)) => drop(tokio::spawn(serve_one(stream, door.clone(), stopping.clone()))),
                        Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
                    },
                }
            }
            // A leftover would only be replaced at the next start.
            let _ = std::fs::remove_file(&self.path);
        }
    }

    fn bind(path: &Path) -> io::Result<UnixListener> {
        match std::fs::remove_file(path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let listener = UnixListener::bind(path)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
        Ok(listener)
    }

    async fn serve_one(stream: UnixStream, door: ConsoleDoor, stopping: CancellationToken) {
        let service = service_fn(move |request: Request<Incoming>| {
            let door = door.clone();
            async move { Ok::<_, Infallible>(door.pass(request.map(Body::new)).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .serve_connection(TokioIo::new(stream), service);
        tokio::select! {
            biased;
            () = stopping.cancelled() => {}
            _ = connection => {}
        }
    }

    /// Asks the server that runs in a data folder.
    pub(crate) async fn post(data: &Path, path: &str) -> Result<Answer, AskError> {
        let socket = DataFolder::console_socket_in(data);
        let text = exchange(&socket, path)
            .await
            .map_err(|source| AskError::Unreachable { path: socket, source })?;
        parse(&text).ok_or(AskError::Garbled)
    }

    async fn exchange(socket: &Path, path: &str) -> io::Result<String> {
        let mut stream = UnixStream::connect(socket).await?;
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.take(MAX_ANSWER).read_to_string(&mut answer).await?;
        Ok(answer)
    }

    /// Our own server answers small documents in one piece, so the body is whatever follows the head.
    fn parse(text: &str) -> Option<Answer> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Answer {
            status,
            body: serde_json::from_str(body).unwrap_or_default(),
        })
    }
}

#[cfg(unix)]
pub(crate) use unix::{OwnerSocket, post};

/// Elsewhere there is no such socket; the window is the owner's door.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct OwnerSocket;

#[cfg(not(unix))]
impl OwnerSocket {
    /// There is none.
    pub(crate) fn open(_: &Path) -> Option<Self> {
        None
    }

    /// Serves nothing.
    pub(crate) async fn serve(self, _: ConsoleDoor, _: CancellationToken) {}
}

/// Elsewhere there is no such socket.
#[cfg(not(unix))]
pub(crate) async fn post(data: &Path, _: &str) -> Result<Answer, AskError> {
    let path = DataFolder::console_socket_in(data);
    Err(AskError::Unreachable {
        path,
        source: std::io::ErrorKind::Unsupported.into(),
    })
}
