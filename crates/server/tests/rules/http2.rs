//! HTTP/2 from a client that means harm, in frames written by hand (RFC 9113): D1 of SECURITY.

use std::net::SocketAddr;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use server::serve::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use crate::tls::{certificate, connect, start_with};

/// The preface and an empty SETTINGS frame.
const BEGIN: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
/// `POST https://localhost/` in HPACK: three entries of the static table, and a literal.
const POST: &[u8] = b"\x83\x87\x84\x41\x09localhost";
const GET: &[u8] = b"\x82\x87\x84\x41\x09localhost";
const PATIENCE: Duration = Duration::from_secs(60);
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const GOAWAY: u8 = 7;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const ENHANCE_YOUR_CALM: u8 = 0xb;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Frames until the connection ends or one of this kind has come; its payload.
async fn until(stream: &mut TlsStream<TcpStream>, kind: u8) -> Option<Vec<u8>> {
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        stream.read_exact(&mut payload).await.ok()?;
        if head[3] == kind {
            return Some(payload);
        }
    }
}

/// A good client gets its answer.
async fn is_well(address: SocketAddr, root: &CertificateDer<'static>) {
    let mut stream = connect(address, root.clone(), b"h2").await;
    stream.write_all(BEGIN).await.unwrap();
    stream.write_all(&frame(HEADERS, END_HEADERS | END_STREAM, 1, GET)).await.unwrap();
    let body = timeout(PATIENCE, until(&mut stream, DATA)).await.unwrap();
    assert_eq!(body.as_deref(), Some(b"over TLS".as_slice()));
}

/// Whether the server ends the connection, and calls it abuse.
async fn is_sent_away(stream: &mut TlsStream<TcpStream>) -> bool {
    let goodbye = timeout(PATIENCE, until(stream, GOAWAY)).await.unwrap();
    goodbye.is_some_and(|payload| payload[7] == ENHANCE_YOUR_CALM)
}

/// D1: a connection that begins and asks nothing gives its place back.
#[tokio::test]
async fn d1_an_http_2_client_that_asks_nothing_is_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let (tls, root) = certificate(dir.path());
    let limits = Limits { head: Duration::from_secs(2), connections: 3, ..Limits::default() };
    let address = start_with(tls, limits).await;

    for said in [&BEGIN[..0], &BEGIN[..10], BEGIN] {
        let mut silent = connect(address, root.clone(), b"h2").await;
        silent.write_all(said).await.unwrap();
        let mut rest = Vec::new();
        // With or without a closing alert.
        let over = timeout(PATIENCE, silent.read_to_end(&mut rest)).await;
        assert!(over.is_ok(), "{} bytes said", said.len());
    }

    is_well(address, &root).await;
}

/// D1: who has asked once may be silent for longer than a head may take.
#[tokio::test]
async fn d1_an_http_2_client_that_has_asked_is_not_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let (tls, root) = certificate(dir.path());
    let limits = Limits { head: Duration::from_secs(2), ..Limits::default() };
    let address = start_with(tls, limits).await;
    let mut stream = connect(address, root.clone(), b"h2").await;
    stream.write_all(BEGIN).await.unwrap();
    stream.write_all(&frame(HEADERS, END_HEADERS | END_STREAM, 1, GET)).await.unwrap();
    assert!(timeout(PATIENCE, until(&mut stream, DATA)).await.unwrap().is_some());

    // The silence is what is tested: another client's whole time passes meanwhile.
    let mut silent = connect(address, root, b"h2").await;
    drop(timeout(PATIENCE, silent.read_to_end(&mut Vec::new())).await.unwrap());

    stream.write_all(&frame(HEADERS, END_HEADERS | END_STREAM, 3, GET)).await.unwrap();
    assert!(timeout(PATIENCE, until(&mut stream, DATA)).await.unwrap().is_some());
}

/// D1: streams that are opened and reset at once (CVE-2023-44487) end the connection, no other.
#[tokio::test]
async fn d1_rapid_resets_end_the_connection_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let (tls, root) = certificate(dir.path());
    let address = start_with(tls, Limits::default()).await;
    let mut stream = connect(address, root.clone(), b"h2").await;

    let mut sent = BEGIN.to_vec();
    for id in (1..2000).step_by(2) {
        sent.extend(frame(HEADERS, END_HEADERS | END_STREAM, id, GET));
        sent.extend(frame(RST_STREAM, 0, id, &[0, 0, 0, 8]));
    }
    // The server may hang up before it has taken all of it.
    drop(stream.write_all(&sent).await);

    assert!(is_sent_away(&mut stream).await);
    is_well(address, &root).await;
}

/// D1: DATA frames with nothing in them end the connection, no other.
#[tokio::test]
async fn d1_empty_data_ends_the_connection_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let (tls, root) = certificate(dir.path());
    let address = start_with(tls, Limits::default()).await;
    let mut stream = connect(address, root.clone(), b"h2").await;

    let mut sent = [BEGIN, &frame(HEADERS, END_HEADERS, 1, POST)].concat();
    for _ in 0..5000 {
        sent.extend(frame(DATA, 0, 1, b""));
    }
    drop(stream.write_all(&sent).await);

    assert!(is_sent_away(&mut stream).await);
    is_well(address, &root).await;
}
