//! A TLS server on a real socket that does what a story wants, and counts what reaches it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use hearth_federation::outbound::{ObservedLeaf, Target, guard::AddressPolicy};
use hearth_protocol::names::ServerName;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::server;

/// What a puppet does after reading a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Writes these bytes and reads the next request.
    Say(Vec<u8>),
    /// Writes these bytes, then nothing more, without hanging up.
    SayAndStall(Vec<u8>),
    /// Writes these bytes, then these others again and again until the other side hangs up.
    SayForEver(Vec<u8>, Vec<u8>),
}

impl Reply {
    /// A complete answer.
    pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::Say(
            format!("HTTP/1.1 {status} Whatever\r\n{headers}content-length: {length}\r\n\r\n{body}")
                .into_bytes(),
        )
    }
}

type Script = dyn Fn(&str) -> Reply + Send + Sync;

/// A running puppet. It stops when dropped.
pub(crate) struct Puppet {
    pub(crate) address: SocketAddr,
    strings: Arc<Strings>,
    accepting: JoinHandle<()>,
}

/// What a story pulls and reads.
struct Strings {
    tls: Mutex<Arc<ServerConfig>>,
    script: Mutex<Arc<Script>>,
    connections: AtomicUsize,
    application_bytes: AtomicUsize,
    requests: Mutex<Vec<String>>,
}

impl Puppet {
    /// Listens on a loopback address of its own choice of port.
    pub(crate) async fn start(
        certificate: &Certificate,
        script: impl Fn(&str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.2:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let strings = Arc::new(Strings {
            tls: Mutex::new(certificate.server_config()),
            script: Mutex::new(Arc::new(script)),
            connections: AtomicUsize::new(0),
            application_bytes: AtomicUsize::new(0),
            requests: Mutex::default(),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&strings)));
        Self {
            address,
            strings,
            accepting,
        }
    }

    /// Shows another certificate from now on.
    pub(crate) fn show(&self, certificate: &Certificate) {
        *self.strings.tls.lock().unwrap() = certificate.server_config();
    }

    /// Does something else from now on.
    pub(crate) fn act(&self, script: impl Fn(&str) -> Reply + Send + Sync + 'static) {
        *self.strings.script.lock().unwrap() = Arc::new(script);
    }

    /// Connections so far.
    pub(crate) fn connections(&self) -> usize {
        self.strings.connections.load(Ordering::SeqCst)
    }

    /// Bytes of application data so far: whatever came after a completed handshake.
    pub(crate) fn application_bytes(&self) -> usize {
        self.strings.application_bytes.load(Ordering::SeqCst)
    }

    /// First lines of the requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.strings.requests.lock().unwrap().clone()
    }
}

impl Drop for Puppet {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, strings: Arc<Strings>) {
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        strings.connections.fetch_add(1, Ordering::SeqCst);
        tokio::spawn(serve(socket, Arc::clone(&strings)));
    }
}

async fn serve(socket: TcpStream, strings: Arc<Strings>) {
    let acceptor = TlsAcceptor::from(Arc::clone(&strings.tls.lock().unwrap()));
    let Ok(mut stream) = acceptor.accept(socket).await else {
        return;
    };
    while let Some(request_line) = read_request(&mut stream, &strings).await {
        let script = Arc::clone(&strings.script.lock().unwrap());
        let reply = script(&request_line);
        if !perform(&mut stream, reply).await {
            return;
        }
    }
}

/// Writes a reply; `false` when the connection is of no further use.
async fn perform<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, reply: Reply) -> bool {
    match reply {
        Reply::Say(bytes) => stream.write_all(&bytes).await.is_ok(),
        Reply::SayAndStall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.flush().await;
            // Until the other side hangs up.
            let _ = stream.read(&mut [0; 1]).await;
            false
        }
        Reply::SayForEver(first, again) => {
            let mut is_alive = stream.write_all(&first).await.is_ok();
            while is_alive {
                is_alive = stream.write_all(&again).await.is_ok();
            }
            false
        }
    }
}

/// Reads a request with its body; its first line, or nothing when the other side hung up.
async fn read_request<S: AsyncRead + Unpin>(stream: &mut S, strings: &Strings) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse().unwrap());
            if bytes.len() >= end + 4 + length {
                let line = String::from_utf8_lossy(&bytes).lines().next().unwrap().to_owned();
                strings.requests.lock().unwrap().push(line.clone());
                return Some(line);
            }
        }
        let mut buffer = [0; 4096];
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        strings.application_bytes.fetch_add(count, Ordering::SeqCst);
        bytes.extend_from_slice(&buffer[..count]);
    }
}

/// A certificate with its key, self-signed or from an authority.
pub(crate) struct Certificate {
    chain: Vec<CertificateDer<'static>>,
    key: KeyPair,
}

impl Certificate {
    /// A self-signed one with a key of its own.
    pub(crate) fn self_signed(name: &str) -> Self {
        Self::self_signed_with(name, KeyPair::generate().unwrap(), 1)
    }

    /// The same key in another certificate.
    pub(crate) fn renewed(&self, name: &str) -> Self {
        let key = KeyPair::from_pem(&self.key.serialize_pem()).unwrap();
        Self::self_signed_with(name, key, 2)
    }

    fn self_signed_with(name: &str, key: KeyPair, serial: u64) -> Self {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.serial_number = Some(serial.into());
        let certificate = params.self_signed(&key).unwrap();
        Self {
            chain: vec![certificate.der().clone()],
            key,
        }
    }

    /// What a handshake with it shows, when no authority vouches for it.
    pub(crate) fn observed(&self) -> ObservedLeaf {
        ObservedLeaf::read(&self.chain[0], false).unwrap()
    }

    fn server_config(&self) -> Arc<ServerConfig> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(self.chain.clone(), key)
            .unwrap();
        Arc::new(config)
    }
}

/// An authority that a story's machines may trust.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    /// A new authority.
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// What machines must know to trust it.
    pub(crate) fn root(&self) -> CertificateDer<'static> {
        self.0.der().clone()
    }

    /// A certificate for a name.
    pub(crate) fn certify(&self, name: &str) -> Certificate {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Certificate {
            chain: vec![certificate.der().clone()],
            key,
        }
    }
}

/// A server that lives on this machine, which the guard allows in these stories.
pub(crate) fn target(name: &str) -> Target {
    Target {
        name: server(name),
        addresses: AddressPolicy {
            allow_loopback: true,
            allow_private: false,
        },
    }
}

/// The hosts map that leads a name to a puppet.
pub(crate) fn hosts(entries: &[(&str, SocketAddr)]) -> std::collections::BTreeMap<ServerName, SocketAddr> {
    entries
        .iter()
        .map(|(name, address)| (server(name), *address))
        .collect()
}
