//! The staff member's browser at `/authorize`: forms over HTTP, with cookies.

use staff_passport_tests::network::Network;

/// Opens the page, types the code (and the offer's reference where it is asked for), presses the
/// button; the address that the browser is sent to.
pub(crate) async fn signs_in(page: &str, reference: &str, code: &str) -> String {
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client can be built");
    let shown = client.get(page).header("accept", "text/html").send().await.expect("a page");
    let cookies: Vec<String> = shown
        .headers()
        .get_all("set-cookie")
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next().map(str::to_owned))
        .collect();
    let status = shown.status();
    let html = shown.text().await.expect("a text");
    assert_eq!(status, 200, "{html}");
    let (_, rest) = html.split_once("name=\"csrf-token\" content=\"").expect("a token of the page");
    let csrf = rest.split('"').next().expect("a token");
    assert_eq!(html.contains("name=\"reference\""), !reference.is_empty());

    let page = reqwest::Url::parse(page).expect("an address");
    let mut form = reqwest::Url::parse("form:").expect("a form");
    form.query_pairs_mut()
        .extend_pairs(page.query_pairs())
        .append_pair("csrf", csrf)
        .append_pair("reference", reference)
        .append_pair("code", code)
        .append_pair("do", "go");
    let origin = page.origin().ascii_serialization();
    let answer = client
        .post(format!("{origin}/authorize"))
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", cookies.join("; "))
        .header("origin", &origin)
        .header("sec-fetch-site", "same-origin")
        .body(form.query().expect("fields").to_owned())
        .send()
        .await
        .expect("an answer");
    let status = answer.status();
    let location = answer.headers().get("location").and_then(|to| to.to_str().ok());
    let location = location.unwrap_or_default().to_owned();
    assert_eq!(status, 303, "{}", answer.text().await.expect("a text"));
    location
}

/// HR says that the digits are the same, or does without them.
pub(crate) async fn hr_confirms(network: &Network, id: &str, waived: bool) {
    let (http, token) = (&network.http, &network.issuer_token);
    let api = format!("{}/api/v1/passports/{id}", network.issuer_url);
    let progress = http.get_as(&format!("{api}/progress"), token).await.json();
    let (act, body) = match waived {
        true => ("waive-key", serde_json::json!({})),
        false => ("confirm-key", serde_json::json!({ "digits": progress["digits"] })),
    };
    let decided = http.post_as(&format!("{api}/{act}"), token, &body).await;
    assert_eq!(decided.status, 200, "{}", decided.text());
}
