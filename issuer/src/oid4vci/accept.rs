//! Which of two media types a client would rather have (RFC 9110, 12.5.1).

use axum::http::{HeaderMap, header};

/// Whether `first` is named in `Accept` with more weight than `usual`, or with the same and earlier.
pub(super) fn prefers(headers: &HeaderMap, first: &str, usual: &str) -> bool {
    let ranges: Vec<(&str, f32)> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(range)
        .collect();
    let place = |name: &str| {
        let named = |(_, (range, _)): &(usize, &(&str, f32))| range.eq_ignore_ascii_case(name);
        ranges.iter().enumerate().find(named).map(|(place, (_, q))| (*q, place))
    };
    match (place(first), place(usual)) {
        (Some((q, _)), None) => q > 0.0,
        (Some((q, at)), Some((other, before))) => {
            q > other || (q > 0.0 && q >= other && at < before)
        }
        (None, _) => false,
    }
}

/// A media range and its weight.
fn range(text: &str) -> (&str, f32) {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let q = parts.find_map(|part| part.strip_prefix("q="));
    (name, q.map_or(1.0, |q| q.parse().unwrap_or(0.0)))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_heavier_of_two_types_is_preferred_and_then_the_earlier() {
        for (accept, preferred) in [
            ("application/jwt", true),
            ("application/jwt, */*", true),
            ("Application/JWT;q=0.9, application/json;q=0.8", true),
            ("application/json, application/jwt;q=0.5", false),
            ("application/jwt, application/json", true),
            ("application/json, application/jwt", false),
            ("application/jwt;q=0", false),
            ("application/json", false),
            ("*/*", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));

            let prefers = prefers(&headers, "application/jwt", "application/json");

            assert_eq!(prefers, preferred, "{accept}");
        }
    }
}
