//! Clients: one that looks at whatever it is shown, one that trusts exactly what is served, one from 2008.

use std::sync::{Arc, Mutex};

use hearth_identity::tls::TlsIdentity;
use hearth_protocol::fingerprint::Fingerprint;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls13_signature};
use rustls::time_provider::TimeProvider;
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, ProtocolVersion, RootCertStore, SignatureScheme, version,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// What a client learnt in its handshake.
pub(crate) struct Seen {
    pub(crate) alpn: Option<Vec<u8>>,
    pub(crate) leaf: CertificateDer<'static>,
    pub(crate) version: Option<ProtocolVersion>,
}

impl Seen {
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_der(&self.leaf)
    }
}

/// Shakes hands, whatever the certificate.
pub(crate) async fn connect(tls: &TlsIdentity) -> std::io::Result<Seen> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Arc::new(Onlooker {
        algorithms: provider.signature_verification_algorithms,
        seen: Mutex::default(),
    });
    let config = builder(provider)
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&verifier) as _)
        .with_no_client_auth();
    let seen = shake_hands(tls, config, "whoever.example").await?;
    let shown = verifier.seen.lock().unwrap().clone();
    assert_eq!(shown.as_ref(), Some(&seen.leaf));
    Ok(seen)
}

/// Shakes hands trusting exactly the certificate that is served, under a name, at the time of these tests.
pub(crate) async fn connect_trusting(tls: &TlsIdentity, name: &str) -> std::io::Result<Seen> {
    let mut roots = RootCertStore::empty();
    roots.add(tls.served().der.clone()).unwrap();
    let config = builder(Arc::new(aws_lc_rs::default_provider()))
        .with_root_certificates(roots)
        .with_no_client_auth();
    shake_hands(tls, config, name).await
}

fn builder(provider: Arc<CryptoProvider>) -> rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier> {
    ClientConfig::builder_with_details(provider, Arc::new(TestTime))
        .with_protocol_versions(&[&version::TLS13])
        .unwrap()
}

async fn shake_hands(tls: &TlsIdentity, mut config: ClientConfig, name: &str) -> std::io::Result<Seen> {
    config.alpn_protocols = vec![b"http/1.1".to_vec(), b"h2".to_vec()];
    let (near, far) = tokio::io::duplex(64 * 1024);
    let acceptor = TlsAcceptor::from(tls.server_config());
    let server = tokio::spawn(async move { acceptor.accept(far).await.map(drop) });
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, near).await;
    let stream = match stream {
        Ok(stream) => stream,
        Err(error) => {
            assert!(server.await.unwrap().is_err(), "the server is told");
            return Err(error);
        }
    };
    server.await.unwrap()?;
    let (_, connection) = stream.get_ref();
    Ok(Seen {
        alpn: connection.alpn_protocol().map(<[u8]>::to_vec),
        leaf: connection.peer_certificates().unwrap()[0].clone().into_owned(),
        version: connection.protocol_version(),
    })
}

/// The time of these tests, for clients that check validity.
#[derive(Debug)]
struct TestTime;

impl TimeProvider for TestTime {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = super::now().as_seconds().try_into().unwrap();
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(
            seconds,
        )))
    }
}

/// Accepts every certificate and remembers it, but does check that the server holds its key.
#[derive(Debug)]
struct Onlooker {
    algorithms: WebPkiSupportedAlgorithms,
    seen: Mutex<Option<CertificateDer<'static>>>,
}

impl ServerCertVerifier for Onlooker {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.seen.lock().unwrap() = Some(end_entity.clone().into_owned());
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.2 is not spoken here".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// The first message of a client that knows TLS up to 1.2, byte by byte: the library here cannot speak it.
pub(crate) fn tls_12_hello() -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend([0x5a; 32]);
    body.push(0);
    // ECDHE-ECDSA-AES128-GCM-SHA256, no compression.
    body.extend([0, 2, 0xc0, 0x2b, 1, 0]);
    let groups = [0, 10, 0, 4, 0, 2, 0, 23];
    let signatures = [0, 13, 0, 4, 0, 2, 4, 3];
    let points = [0, 11, 0, 2, 1, 0];
    let extensions = [&groups[..], &signatures, &points].concat();
    body.extend([0, u8::try_from(extensions.len()).unwrap()]);
    body.extend(extensions);
    let mut message = vec![1, 0, 0, u8::try_from(body.len()).unwrap()];
    message.extend(body);
    let mut record = vec![22, 3, 1, 0, u8::try_from(message.len()).unwrap()];
    record.extend(message);
    record
}
