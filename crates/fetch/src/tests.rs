//! Each guard holds, and where it refuses, no socket is touched.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::resolve::Found;

/// A listener that answers every connection with `answer`, then holds it for `hold`.
struct Site {
    port: u16,
    hits: Arc<AtomicUsize>,
}

impl Site {
    async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        Self::with(answer.into(), Duration::ZERO).await
    }

    async fn with(answer: Vec<u8>, hold: Duration) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let hits = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&hits);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut request = [0_u8; 4096];
                    let _ = stream.read(&mut request).await;
                    let _ = stream.write_all(&answer).await;
                    tokio::time::sleep(hold).await;
                });
            }
        });
        Self { port, hits }
    }

    fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }

    fn url(&self, host: &str) -> Url {
        format!("http://{host}:{}/x", self.port).parse().unwrap()
    }
}

fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: Application/StatusList+JWT; charset=utf-8\r\n\
         etag: \"one\"\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn local() -> Guards {
    Guards { allow_loopback_http: true, ..Guards::default() }
}

fn fetcher(guards: Guards, allowed: &[&Url]) -> Fetcher {
    let fetcher = Fetcher::new(guards).unwrap();
    fetcher.allow_only(allowed.iter().copied());
    fetcher
}

/// Every name stands for one address.
struct Says(IpAddr, Arc<AtomicUsize>);

impl Lookup for Says {
    fn lookup(&self, _: &str) -> Found {
        self.1.fetch_add(1, Ordering::SeqCst);
        let address = self.0;
        Box::pin(async move { Ok(vec![address]) })
    }
}

#[tokio::test]
async fn an_allowed_origin_answers_with_type_and_etag() {
    let site = Site::answering(ok("hello")).await;
    let url = site.url("127.0.0.1");

    let fetched = fetcher(local(), &[&url]).get(&url, None).await.unwrap();

    let reply = Reply {
        status: 200,
        content_type: Some("application/statuslist+jwt".to_owned()),
        etag: Some("\"one\"".to_owned()),
        dpop_nonce: None,
        challenge: None,
        bytes: b"hello".to_vec(),
    };
    assert_eq!(fetched, Fetched::Body(reply));
}

#[tokio::test]
async fn localhost_by_name_is_this_machine() {
    let site = Site::answering(ok("hello")).await;
    let url = site.url("localhost");

    let fetched = fetcher(local(), &[&url]).get(&url, None).await;

    assert!(matches!(fetched, Ok(Fetched::Body(_))), "{fetched:?}");
}

#[tokio::test]
async fn not_modified_is_an_answer_only_to_a_condition() {
    let site = Site::answering("HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n").await;
    let url = site.url("127.0.0.1");
    let fetcher = fetcher(local(), &[&url]);

    let with = fetcher.get(&url, Some("\"one\"")).await;
    let without = fetcher.get(&url, None).await;

    assert!(matches!(with, Ok(Fetched::NotModified)), "{with:?}");
    assert!(matches!(without, Err(FetchError::Status(304))), "{without:?}");
}

#[tokio::test]
async fn an_origin_that_is_not_allowed_is_not_contacted() {
    let canary = Site::answering(ok("secret")).await;
    let url = canary.url("127.0.0.1");
    let other: Url = "http://127.0.0.1:1/".parse().unwrap();

    let refused = fetcher(local(), &[&other]).get(&url, None).await;

    assert!(matches!(refused, Err(FetchError::OriginNotAllowed(_))), "{refused:?}");
    assert_eq!(canary.hits(), 0);
}

#[tokio::test]
async fn an_origin_taken_off_the_set_is_refused_from_then_on() {
    let site = Site::answering(ok("hello")).await;
    let url = site.url("127.0.0.1");
    let fetcher = fetcher(local(), &[&url]);
    fetcher.clone().allow_only([]);

    let refused = fetcher.get(&url, None).await;

    assert!(matches!(refused, Err(FetchError::OriginNotAllowed(_))), "{refused:?}");
    assert_eq!(site.hits(), 0);
}

#[tokio::test]
async fn special_purpose_addresses_are_not_contacted_even_when_their_origin_is_allowed() {
    for address in [
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://[::ffff:169.254.169.254]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://10.0.0.1/",
        "https://[fd00::1]/",
    ] {
        let url: Url = address.parse().unwrap();

        let refused = fetcher(Guards::default(), &[&url]).get(&url, None).await;

        assert!(matches!(refused, Err(FetchError::AddressNotAllowed(_))), "{address}: {refused:?}");
    }
}

#[tokio::test]
async fn loopback_permission_opens_nothing_but_loopback() {
    for address in ["http://169.254.169.254/", "http://10.0.0.1/", "http://staff.example/"] {
        let url: Url = address.parse().unwrap();

        let refused = fetcher(local(), &[&url]).get(&url, None).await;

        assert!(matches!(refused, Err(FetchError::SchemeNotAllowed(_))), "{address}: {refused:?}");
    }
    let url: Url = "https://169.254.169.254/".parse().unwrap();

    let refused = fetcher(local(), &[&url]).get(&url, None).await;

    assert!(matches!(refused, Err(FetchError::AddressNotAllowed(_))), "{refused:?}");
}

#[tokio::test]
async fn a_name_that_stands_for_this_machine_is_not_contacted() {
    let canary = Site::answering(ok("secret")).await;
    let url: Url = format!("https://rebind.example:{}/", canary.port).parse().unwrap();
    for guards in [Guards::default(), local()] {
        let asked = Arc::new(AtomicUsize::new(0));
        let lookup = Says(Ipv4Addr::LOCALHOST.into(), Arc::clone(&asked));
        let fetcher = Fetcher::with_lookup(guards, Arc::new(lookup)).unwrap();
        fetcher.allow_only([&url]);

        let refused = fetcher.get(&url, None).await;

        assert!(
            matches!(refused, Err(FetchError::AddressNotAllowed(address)) if address.is_loopback()),
            "{refused:?}"
        );
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }
    assert_eq!(canary.hits(), 0);
}

#[tokio::test]
async fn localhost_that_stands_for_another_machine_is_not_contacted() {
    let url: Url = "http://localhost:1/".parse().unwrap();
    let lookup = Says("93.184.215.14".parse().unwrap(), Arc::default());
    let fetcher = Fetcher::with_lookup(local(), Arc::new(lookup)).unwrap();
    fetcher.allow_only([&url]);

    let refused = fetcher.get(&url, None).await;

    assert!(matches!(refused, Err(FetchError::AddressNotAllowed(_))), "{refused:?}");
}

#[tokio::test]
async fn plain_http_is_refused_without_permission() {
    let canary = Site::answering(ok("secret")).await;
    for host in ["127.0.0.1", "localhost"] {
        let url = canary.url(host);

        let refused = fetcher(Guards::default(), &[&url]).get(&url, None).await;

        assert!(matches!(refused, Err(FetchError::SchemeNotAllowed(_))), "{refused:?}");
    }
    assert_eq!(canary.hits(), 0);
}

#[tokio::test]
async fn other_schemes_and_addresses_with_passwords_are_refused() {
    let site = Site::answering(ok("hello")).await;
    let url = site.url("127.0.0.1");
    let fetcher = fetcher(local(), &[&url]);
    let with_password = format!("http://me:secret@127.0.0.1:{}/", site.port);

    for address in ["file:///etc/passwd", "data:text/plain,x", &with_password] {
        let refused = fetcher.get(&address.parse().unwrap(), None).await;

        assert!(
            matches!(refused, Err(FetchError::BadAddress | FetchError::OriginNotAllowed(_))),
            "{address}: {refused:?}"
        );
    }
    assert_eq!(site.hits(), 0);
}

#[tokio::test]
async fn v11_a_redirect_is_not_followed() {
    let canary = Site::answering(ok("secret")).await;
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let site = Site::answering(format!(
            "HTTP/1.1 {status}\r\nlocation: {}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            canary.url("127.0.0.1")
        ))
        .await;
        let url = site.url("127.0.0.1");
        // Even an allowed target is not followed.
        let fetcher = fetcher(local(), &[&url, &canary.url("127.0.0.1")]);

        let got = fetcher.get(&url, None).await;
        let posted = fetcher.post_form(&url, &[("a", "b")]).await;

        assert!(matches!(got, Err(FetchError::Redirected(_))), "{got:?}");
        assert!(matches!(posted, Err(FetchError::Redirected(_))), "{posted:?}");
    }
    assert_eq!(canary.hits(), 0);
}

#[tokio::test]
async fn a_body_past_the_limit_is_refused_whether_announced_or_not() {
    let long = "x".repeat(2000);
    let announced = ok(&long);
    let unannounced = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{long}");
    let chunked =
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7d0\r\n{long}\r\n0\r\n\r\n");
    let lying = "HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\nx".to_owned();
    for answer in [announced, unannounced, chunked, lying] {
        let site = Site::answering(answer).await;
        let url = site.url("127.0.0.1");
        let guards = Guards { max_bytes: 1999, ..local() };

        let refused = fetcher(guards, &[&url]).get(&url, None).await;

        assert!(matches!(refused, Err(FetchError::TooLarge(1999))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_taken() {
    let site = Site::answering(ok(&"x".repeat(2000))).await;
    let url = site.url("127.0.0.1");
    let guards = Guards { max_bytes: 2000, ..local() };

    let fetched = fetcher(guards, &[&url]).get(&url, None).await;

    assert!(matches!(fetched, Ok(Fetched::Body(_))), "{fetched:?}");
}

#[tokio::test]
async fn a_slow_answer_times_out_whether_head_or_body_is_late() {
    let head_late = Vec::new();
    let body_late = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhe".to_vec();
    for answer in [head_late, body_late] {
        let site = Site::with(answer, Duration::from_secs(30)).await;
        let url = site.url("127.0.0.1");
        let guards = Guards { timeout: Duration::from_millis(200), ..local() };

        let refused = fetcher(guards, &[&url]).get(&url, None).await;

        assert!(matches!(refused, Err(FetchError::TimedOut)), "{refused:?}");
    }
}

#[tokio::test]
async fn errors_of_the_server_are_errors_of_get_and_answers_to_post() {
    let site = Site::answering(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\
         connection: close\r\n\r\n{}",
    )
    .await;
    let url = site.url("127.0.0.1");
    let fetcher = fetcher(local(), &[&url]);

    let got = fetcher.get(&url, None).await;
    let posted = fetcher.post_json(&url, "{}".to_owned(), Some("token")).await.unwrap();

    assert!(matches!(got, Err(FetchError::Status(400))), "{got:?}");
    assert_eq!((posted.status, posted.bytes.as_slice()), (400, b"{}".as_slice()));
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);

    let refused = fetcher(local(), &[&url]).get(&url, None).await;

    assert!(matches!(refused, Err(FetchError::Unreachable(_))), "{refused:?}");
}

#[test]
fn extra_roots_that_are_no_certificates_are_refused() {
    let guards =
        Guards { extra_roots: Some(b"-----BEGIN CERTIFICATE-----\n!".to_vec()), ..local() };

    let refused = Fetcher::new(guards);

    assert!(matches!(refused, Err(SetUpError::BadRoots(_) | SetUpError::NoClient(_))));
}
