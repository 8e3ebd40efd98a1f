//! `crates/vc` in the browser: receive, review, present, QR codes; with it what a phone wallet
//! needs of `passport` (what a host asks for) and a key from a PIN. And the verdict, where a host judges in
//! the browser. Nothing else is decided here.
//!
//! JSON goes in and out as text, instants as seconds since 1970, randomness as 32 bytes from
//! `crypto.getRandomValues`. Signing is two calls, so that a non-extractable WebCrypto key signs:
//! `signingInput()` goes out, `finish(signature)` takes the 64 bytes. Every refusal is an `Error`
//! whose message says what is wrong.

mod convert;
mod holder;
mod issuance;
mod pin;
mod qr;
mod requirement;
mod trust;
mod verdict;
