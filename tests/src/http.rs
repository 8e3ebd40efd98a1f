//! A small HTTP client for the tests: JSON in, JSON out, nothing hidden.

use serde_json::Value;

/// An answer as it came.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// `Content-Type` without parameters.
    pub content_type: String,
    /// `ETag`.
    pub etag: Option<String>,
    /// The body as bytes.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; `Null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A client on loopback.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
}

impl Default for Http {
    fn default() -> Self {
        Self::new()
    }
}

impl Http {
    /// Without proxies and redirects.
    pub fn new() -> Self {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(30))
            .build()
            .expect("a client can be built");
        Self { client }
    }

    /// Sends a request; `None` when no answer came.
    pub async fn try_send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Option<Answer> {
        let method = method.parse::<reqwest::Method>().expect("a method");
        let mut request = self.client.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.ok()?;
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let content_type = header("content-type").unwrap_or_default();
        let content_type = content_type.split(';').next().unwrap_or_default().trim().to_owned();
        let etag = header("etag");
        let status = response.status().as_u16();
        let body = response.bytes().await.ok()?.to_vec();
        Some(Answer { status, content_type, etag, body })
    }

    /// Sends a request that must be answered.
    pub async fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Answer {
        self.try_send(method, url, headers, body)
            .await
            .unwrap_or_else(|| panic!("no answer to {method} {url}"))
    }

    /// GET.
    pub async fn get(&self, url: &str) -> Answer {
        self.send("GET", url, &[], None).await
    }

    /// GET with a bearer token.
    pub async fn get_as(&self, url: &str, token: &str) -> Answer {
        let authorization = format!("Bearer {token}");
        self.send("GET", url, &[("authorization", &authorization)], None).await
    }

    /// POST JSON with a bearer token.
    pub async fn post_as(&self, url: &str, token: &str, body: &Value) -> Answer {
        let authorization = format!("Bearer {token}");
        let headers = [("authorization", authorization.as_str()), JSON];
        self.send("POST", url, &headers, Some(body.to_string().into_bytes())).await
    }

    /// POST JSON.
    pub async fn post(&self, url: &str, body: &Value) -> Answer {
        self.send("POST", url, &[JSON], Some(body.to_string().into_bytes())).await
    }

    /// POST a form that is already encoded.
    pub async fn post_form(&self, url: &str, form: &str) -> Answer {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", url, &headers, Some(form.as_bytes().to_vec())).await
    }
}

const JSON: (&str, &str) = ("content-type", "application/json");
