//! Serving over TLS.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use pem::Pem;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use server::serve::{Limits, ServeError, Tls, bind, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub(crate) fn certificate(dir: &Path) -> (Tls, CertificateDer<'static>) {
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let tls = Tls { cert: dir.join("cert.pem"), key: dir.join("key.pem") };
    let chain = Pem::new("CERTIFICATE", certificate.der().to_vec());
    std::fs::write(&tls.cert, pem::encode(&chain)).unwrap();
    std::fs::write(&tls.key, pem::encode(&Pem::new("PRIVATE KEY", key.serialize_der()))).unwrap();
    (tls, certificate.der().clone())
}

async fn start(tls: Tls) -> SocketAddr {
    start_with(tls, Limits::default()).await
}

pub(crate) async fn start_with(tls: Tls, limits: Limits) -> SocketAddr {
    let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    // Whoever posts a body waits until it has come.
    let taken = async |_body: axum::body::Bytes| "taken";
    let router = Router::new().route("/", get(async || "over TLS").post(taken));
    tokio::spawn(serve(listener, router, Some(tls), limits, std::future::pending()));
    address
}

pub(crate) async fn connect(
    address: SocketAddr,
    root: CertificateDer<'static>,
    protocol: &[u8],
) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(root).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
}

#[tokio::test]
async fn a_certificate_makes_it_https() {
    let dir = tempfile::tempdir().unwrap();
    let (tls, root) = certificate(dir.path());
    let address = start(tls).await;

    let mut stream = connect(address, root, b"http/1.1").await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    // The server may close without a closing alert once it has answered.
    drop(stream.read_to_end(&mut answer).await);

    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("over TLS"), "{answer}");
}

#[tokio::test]
async fn http_2_is_spoken_when_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let (tls, root) = certificate(dir.path());
    let address = start(tls).await;

    let mut stream = connect(address, root, b"h2").await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    // RFC 9113, 3.4: the preface with an empty SETTINGS frame; a SETTINGS frame (type 4) answers.
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    let mut frame = [0; 9];
    stream.read_exact(&mut frame).await.unwrap();

    assert_eq!(frame[3], 4);
}

#[tokio::test]
async fn a_client_that_speaks_no_tls_does_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    let (tls, root) = certificate(dir.path());
    let address = start(tls).await;

    let mut plain = TcpStream::connect(address).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    drop(plain.read_to_end(&mut answer).await);

    assert!(!answer.starts_with(b"HTTP/"));
    connect(address, root, b"http/1.1").await;
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_stops_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let (good, _) = certificate(dir.path());
    let other = dir.path().join("other");
    std::fs::create_dir(&other).unwrap();
    let (another, _) = certificate(&other);
    std::fs::write(dir.path().join("empty.pem"), "").unwrap();

    for tls in [
        Tls { cert: dir.path().join("missing.pem"), key: good.key.clone() },
        Tls { cert: dir.path().join("empty.pem"), key: good.key.clone() },
        Tls { cert: good.cert.clone(), key: good.cert.clone() },
        Tls { cert: good.cert.clone(), key: another.key },
    ] {
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let refused =
            serve(listener, Router::new(), Some(tls), Limits::default(), std::future::pending())
                .await;

        assert!(matches!(refused, Err(ServeError::Tls(_))));
    }
}
