//! A client that costs little: HTTP/1.1 over one kept connection, answers read whole.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

pub(crate) struct Connection {
    stream: BufStream<TcpStream>,
    host: String,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) etag: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The body of an answer that must have this status.
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        Self { stream: BufStream::new(stream), host: address.to_string() }
    }

    pub(crate) async fn get(&mut self, path: &str, headers: &str) -> Answer {
        self.send("GET", path, headers, b"").await
    }

    /// `headers` are whole lines.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: &[u8],
    ) -> Answer {
        let length = if method == "GET" {
            String::new()
        } else {
            format!("content-length: {}\r\n", body.len())
        };
        let head =
            format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n{headers}{length}\r\n", self.host);
        self.stream.write_all(head.as_bytes()).await.expect("the head is taken");
        self.stream.write_all(body).await.expect("the body is taken");
        self.stream.flush().await.expect("the request is taken");
        self.answer().await
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).await.expect("a line");
        line.trim_end().to_owned()
    }

    async fn answer(&mut self) -> Answer {
        let first = self.line().await;
        let status = first.split(' ').nth(1).and_then(|it| it.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no answer: {first:?}"));
        let (mut length, mut chunked, mut etag) = (0_usize, false, None);
        loop {
            let line = self.line().await;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').expect("a header");
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().expect("a length"),
                "transfer-encoding" => chunked = value.contains("chunked"),
                "etag" => etag = Some(value.trim().to_owned()),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        if status != 304 {
            self.stream.read_exact(&mut body).await.expect("the body");
        }
        while chunked {
            let size = usize::from_str_radix(&self.line().await, 16).expect("a chunk's size");
            let mut chunk = vec![0; size];
            self.stream.read_exact(&mut chunk).await.expect("a chunk");
            self.line().await;
            body.extend(chunk);
            chunked = size > 0;
        }
        Answer { status, etag, body }
    }
}
