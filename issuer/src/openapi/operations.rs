//! Every operation: a row for each route of `router.rs` and `bulk.rs`.

use serde::Serialize;
use serde_json::{Value, json};
use server::sign_in::ReadAudit;
use server::tokens::Scope;
use utoipa::ToSchema;

use super::FaultView;
use super::operation::{Operation, schema_of};
use crate::bulk::dry_run::Forecast;
use crate::bulk::run::{Progress as ImportProgress, Waits};
use crate::oversight::events::ManageWebhooks;
use crate::passports::account::AccountBody;
use crate::passports::change::ChangeBody;
use crate::passports::confirm::{DigitsBody, NoteBody};
use crate::passports::drafts::Draft;
use crate::passports::life::SupersedeBody;
use crate::passports::offers::{OfferBody, OfferInHand, Offered};
use crate::passports::progress::Progress;
use crate::passports::queues::Counts;
use crate::passports::read::ListPage;
use crate::passports::{PassportView, ReadPassports, WritePassports};
use crate::store::{
    ArchiveReason, MovementState, PassportState, Queue, RefusedRelease, ReinstatementReason,
    RevocationReason, SuspensionReason, WithdrawalReason,
};

const READ: &str = ReadPassports::NAME;
const WRITE: &str = WritePassports::NAME;
const AUDIT: &str = ReadAudit::NAME;
const WEBHOOKS: &str = ManageWebhooks::NAME;
const JSON: &str = "application/json";
const SOMEBODY: &str = "7d444840-9dc0-11d1-b245-5ffdce74fad2";

/// `application/problem+json` (RFC 9457).
#[derive(Serialize, ToSchema)]
pub(super) struct Problem {
    /// `urn:staff-passport:problem:` and the code.
    r#type: String,
    /// What kind of thing is wrong.
    title: String,
    /// As the answer's status.
    status: u16,
    /// About this occurrence.
    detail: Option<String>,
    /// Stable, in capitals.
    code: String,
    /// Of the body, each by JSON pointer.
    faults: Option<Vec<FaultView>>,
}

/// The checks of a staff member, as `schemas/employment-checks-1` has them.
fn checks() -> Value {
    json!({ "type": "object", "description": "The checks: schemas/employment-checks-1" })
}

/// The sample nurse: what `POST /api/v1/passports` takes.
fn nurse() -> Value {
    passport::day::parse("2026-11-02").map(passport::samples::sample_nurse).unwrap_or_default()
}

fn get(path: &'static str, summary: &'static str) -> Operation {
    Operation::new("get", path, summary)
}

fn post(path: &'static str, summary: &'static str) -> Operation {
    Operation::new("post", path, summary)
}

/// An act of HR with its reason.
fn act<R: ToSchema>(path: &'static str, summary: &'static str, reason: &str) -> Operation {
    let body = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["reason"],
        "properties": {
            "reason": schema_of::<R>(),
            "note": { "type": ["string", "null"], "maxLength": crate::passports::MAX_NOTE_CHARS },
        },
    });
    post(path, summary)
        .scope(WRITE)
        .takes_of(body, json!({ "reason": reason, "note": "As agreed" }))
        .gives::<PassportView>(200, "The passport after it")
}

fn boolean() -> Value {
    json!({ "type": "boolean" })
}

fn number(from: u32, to: u32) -> Value {
    json!({ "type": "integer", "minimum": from, "maximum": to })
}

fn import(operation: Operation) -> Operation {
    let mapping = json!({ "type": "string", "enum": ["template", "esr"], "default": "template" });
    operation
        .scope(WRITE)
        .takes_file()
        .query("mapping", mapping, "How the headings are read")
        .query("confirm_key", boolean(), "Whether HR compares six digits with each phone")
        .query("offer_days", number(1, 7), "Days that an offer may be collected")
}

pub(super) fn all() -> Vec<Operation> {
    [passports(), imports(), oversight(), protocol(), documents()].into_iter().flatten().collect()
}

fn passports() -> Vec<Operation> {
    vec![
        get("/api/v1/passports", "Passports, newest first")
            .scope(READ)
            .query("state", schema_of::<PassportState>(), "In this state only")
            .query("queue", schema_of::<Queue>(), "In this queue only")
            .query("expiring_days", number(0, 366), "What EXPIRING means")
            .query("q", json!({ "type": "string" }), "Name, or registration number")
            .query("limit", number(1, 100), "At most so many")
            .query("cursor", json!({ "type": "string" }), "next_cursor of the page before")
            .gives::<ListPage>(200, "A page of passports"),
        post("/api/v1/passports", "Record a staff member's checks and offer the passport")
            .scope(WRITE)
            .query("draft", boolean(), "Keep it as a draft, faults and all")
            .query("confirm_key", boolean(), "Whether HR compares six digits with the phone")
            .query(
                "pictures",
                boolean(),
                "Draw the QR code at once; the offer itself always has it",
            )
            .takes_of(checks(), nurse())
            .gives::<Offered>(201, "The passport and its offer")
            .gives::<PassportView>(202, "A second person is to approve it first"),
        get("/api/v1/passports/{id}", "A passport")
            .scope(READ)
            .gives::<PassportView>(200, "The passport"),
        Operation::new("put", "/api/v1/passports/{id}/account", "Name the staff member's account")
            .scope(WRITE)
            .takes::<AccountBody>(json!({ "account": "ada.lovelace@nhs.net" }))
            .gives::<PassportView>(200, "The passport, with its account"),
        Operation::new("delete", "/api/v1/passports/{id}/account", "Take the account away")
            .scope(WRITE)
            .gives::<PassportView>(200, "The passport, without an account"),
        Operation::new("put", "/api/v1/passports/{id}/checks", "Write on at a draft")
            .scope(WRITE)
            .takes_of(checks(), nurse())
            .gives::<Draft>(200, "The draft and its faults"),
        Operation::new("patch", "/api/v1/passports/{id}/checks", "Change checks")
            .scope(WRITE)
            .takes::<ChangeBody>(json!({
                "checks": { "work_health": null }, "kind": "BENIGN", "note": "New job title",
            }))
            .gives::<PassportView>(200, "The passport after it"),
        get("/api/v1/passports/{id}/offer", "The open offer, to show it again")
            .scope(WRITE)
            .gives::<OfferInHand>(200, "The offer"),
        post("/api/v1/passports/{id}/offer", "Offer a passport, again or to a new phone")
            .scope(WRITE)
            .takes::<OfferBody>(json!({ "reason": "NEW_DEVICE", "confirm_key": true }))
            .gives::<Offered>(201, "The passport and its offer")
            .gives::<PassportView>(202, "A second person is to approve it first"),
        act::<WithdrawalReason>(
            "/api/v1/passports/{id}/withdraw",
            "Take back what no wallet has",
            "MISTAKE",
        ),
        act::<SuspensionReason>(
            "/api/v1/passports/{id}/suspend",
            "Put every copy in doubt",
            "INVESTIGATION",
        ),
        act::<ReinstatementReason>(
            "/api/v1/passports/{id}/reinstate",
            "The doubt is over",
            "CLEARED",
        ),
        post("/api/v1/passports/{id}/supersede", "Another passport takes its place")
            .scope(WRITE)
            .takes::<SupersedeBody>(json!({ "by": SOMEBODY }))
            .gives::<PassportView>(200, "The passport after it"),
        act::<RevocationReason>(
            "/api/v1/passports/{id}/revoke",
            "Cancel it for good",
            "ISSUED_IN_ERROR",
        ),
        act::<ArchiveReason>("/api/v1/passports/{id}/archive", "Put it out of sight", "FINISHED"),
        get("/api/v1/passports/{id}/progress", "How far the latest offer is")
            .scope(READ)
            .gives::<Progress>(200, "How far it is"),
        get("/api/v1/passports/{id}/events", "The same as it changes")
            .scope(READ)
            .streams::<Progress>("An event for each change"),
        post("/api/v1/passports/{id}/confirm-key", "The phone shows these six digits")
            .scope(WRITE)
            .takes::<DigitsBody>(json!({ "digits": "123456" }))
            .gives::<Progress>(200, "How far it is"),
        post("/api/v1/passports/{id}/refuse-key", "The phone shows others")
            .scope(WRITE)
            .takes::<NoteBody>(json!({ "note": "Another phone" }))
            .gives::<Progress>(200, "How far it is"),
        post("/api/v1/passports/{id}/waive-key", "Do without comparing")
            .scope(WRITE)
            .takes::<NoteBody>(json!({}))
            .gives::<Progress>(200, "How far it is"),
        post("/api/v1/passports/{id}/approve", "What a colleague asked for is right")
            .scope(WRITE)
            .gives::<PassportView>(200, "The passport after it"),
        post("/api/v1/passports/{id}/refuse-approval", "It is not")
            .scope(WRITE)
            .takes::<NoteBody>(json!({ "note": "Not this ward" }))
            .gives::<PassportView>(200, "The passport after it"),
        post("/api/v1/passports/{id}/vc-jwt", "A copy as a W3C credential, to download")
            .scope(WRITE)
            .gives_of(200, "application/vc+jwt", "The credential"),
        get("/api/v1/queues", "How many passports wait, and for what")
            .scope(READ)
            .query("expiring_days", number(0, 366), "What expiring means")
            .gives::<Counts>(200, "How many"),
    ]
}

fn imports() -> Vec<Operation> {
    vec![
        import(post("/api/v1/imports", "Make passports of a file's good rows"))
            .header("Idempotency-Key", "Yours: the same key and file go on with the same import")
            .streams::<ImportProgress>("progress events, then done or stopped")
            .gives::<Waits>(202, "A colleague is to send the same file first"),
        import(post("/api/v1/imports/dry-run", "What an import would do"))
            .gives::<Forecast>(200, "Counts and faults"),
        import(post("/api/v1/imports/failed-rows", "The rows that would fail, to mend")).gives_of(
            200,
            "text/csv",
            "The rows, each with what is wrong",
        ),
        get("/api/v1/imports/template", "An empty file with every heading")
            .scope(WRITE)
            .gives_of(200, "text/csv", "The file"),
    ]
}

fn oversight() -> Vec<Operation> {
    vec![
        get("/api/v1/audit", "What was done, and by whom, oldest first")
            .scope(AUDIT)
            .query("limit", number(1, 1000), "At most so many")
            .query("cursor", json!({ "type": "string" }), "next_cursor of the page before")
            .gives_of(200, "application/json", "Entries, each as it was chained"),
        get("/api/v1/audit/export", "All of it, a line of JSON each").scope(AUDIT).gives_of(
            200,
            "application/jsonl",
            "The lines",
        ),
        get("/api/v1/audit/verify", "Whether any entry was changed or removed")
            .scope(AUDIT)
            .gives_of(200, "application/json", "Whether it is whole, and what was looked at"),
        get("/api/v1/movements", "Whom hosts ask for, newest first")
            .scope(READ)
            .query("state", schema_of::<MovementState>(), "In this state only")
            .query("now", boolean(), "Only who is away today")
            .query("limit", number(1, 200), "At most so many")
            .query("cursor", json!({ "type": "string" }), "next_cursor of the page before")
            .gives_of(200, JSON, "A page of movements"),
        movement(
            "/api/v1/movements/{id}/approve",
            "Release the person",
            json!({ "type": "object", "additionalProperties": false,
                    "properties": { "note": note() } }),
            json!({ "note": "As agreed" }),
        ),
        movement(
            "/api/v1/movements/{id}/refuse",
            "Do not release the person",
            json!({ "type": "object", "additionalProperties": false, "required": ["reason"],
                    "properties": { "reason": schema_of::<RefusedRelease>(), "note": note() } }),
            json!({ "reason": "NEEDED_HERE" }),
        ),
        movement(
            "/api/v1/movements/{id}/end",
            "End a release before its time",
            json!({ "type": "object", "additionalProperties": false, "required": ["on"],
                    "properties": { "on": { "type": "string", "format": "date" },
                                    "note": note() } }),
            json!({ "on": "2026-11-20" }),
        ),
        get("/api/v1/events", "What happens, from now on or after Last-Event-ID")
            .scope(READ)
            .gives_of(200, "text/event-stream", "An event each, ids only"),
        get("/api/v1/webhooks", "Who is told what happens").scope(WEBHOOKS).gives_of(
            200,
            JSON,
            "Every webhook",
        ),
        post("/api/v1/webhooks", "Tell somebody what happens")
            .scope(WEBHOOKS)
            .takes_of(
                json!({ "type": "object", "additionalProperties": false, "required": ["url"],
                        "properties": { "url": { "type": "string", "format": "uri",
                                                 "maxLength": 500 } } }),
                json!({ "url": "https://events.example.nhs.uk/passports" }),
            )
            .gives_of(201, JSON, "The webhook"),
        Operation::new("delete", "/api/v1/webhooks/{id}", "Tell somebody no more")
            .scope(WEBHOOKS)
            .gives_nothing(204, "It is forgotten"),
        get("/api/v1/impact", "Counters without anybody in them").scope(READ).gives_of(
            200,
            JSON,
            "Each counter and its value",
        ),
        post("/api/v1/passports/{id}/erase", "Erase the person of a passport that is over")
            .scope(WRITE)
            .takes_of(
                json!({ "type": "object", "additionalProperties": false, "required": ["confirm"],
                        "properties": { "confirm": { "type": "string", "format": "uuid" } } }),
                json!({ "confirm": "00000000-0000-4000-8000-000000000000" }),
            )
            .gives_nothing(204, "Nothing personal is kept any more"),
    ]
}

fn note() -> Value {
    json!({ "type": ["string", "null"], "maxLength": crate::passports::MAX_NOTE_CHARS })
}

fn movement(path: &'static str, summary: &'static str, body: Value, example: Value) -> Operation {
    post(path, summary).scope(WRITE).takes_of(body, example).gives_of(200, JSON, "The movement")
}

fn protocol() -> Vec<Operation> {
    const PAR: &[&str] = &[
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "authorization_details",
        "state",
        "code_challenge",
        "code_challenge_method",
        "issuer_state",
    ];
    const TOKEN: &[&str] =
        &["grant_type", "pre-authorized_code", "tx_code", "authorization_details"];
    let credential = json!({ "type": "object" });
    vec![
        post("/movements", "A host's signed notice, movement-notice+jwt or movement-end+jwt")
            .gives_of(202, JSON, "Where the answer will be")
            .gives_of(200, "application/movement-answer+jwt", "The answer to an end"),
        get("/movements/{id}", "Home's signed answer")
            .gives_of(200, "application/movement-answer+jwt", "The answer")
            .gives_of(202, JSON, "There is none yet"),
        get("/offers/{id}", "A credential offer by reference").gives_of(200, JSON, "The offer"),
        post("/token", "An access token for a code").takes_form(TOKEN).gives_of(
            200,
            JSON,
            "The access token",
        ),
        post("/par", "An authorization request to be opened").takes_form(PAR).gives_of(
            201,
            JSON,
            "Where it is",
        ),
        post("/challenge", "A challenge for a wallet's attestation").gives_of(
            200,
            JSON,
            "The challenge",
        ),
        post("/nonce", "A nonce for a proof").gives_of(200, JSON, "The nonce"),
        post("/credential", "The credential")
            .access_token()
            .takes_of(
                credential.clone(),
                json!({
                    "credential_configuration_id": "employment-checks-1",
                    "proofs": { "jwt": ["eyJ…"] },
                }),
            )
            .gives_of(200, JSON, "The credential")
            .gives_of(202, JSON, "HR compares six digits first"),
        post("/deferred-credential", "The credential that waited")
            .access_token()
            .takes_of(credential.clone(), json!({ "transaction_id": "8xLOxBtZp8" }))
            .gives_of(200, JSON, "The credential")
            .gives_of(202, JSON, "Not yet"),
        post("/notification", "What the holder did with the credential")
            .access_token()
            .takes_of(
                credential,
                json!({
                    "notification_id": "3fwe98js", "event": "credential_accepted",
                }),
            )
            .gives_nothing(204, "Recorded"),
        get("/status-lists", "Every status list").gives_of(200, JSON, "Their addresses"),
        get("/status-lists/{number}", "A status list")
            .gives_of(200, "application/statuslist+jwt", "The signed list")
            .gives_nothing(304, "As the caller has it"),
        get("/bitstring-lists/{number}/{purpose}", "A Bitstring Status List").gives_of(
            200,
            "application/vc+jwt",
            "The signed list",
        ),
        get("/types/{vct}", "Type metadata").gives_of(200, JSON, "The metadata"),
    ]
}

fn documents() -> Vec<Operation> {
    const JSON: &str = "application/json";
    vec![
        get("/.well-known/openid-credential-issuer", "Credential issuer metadata").gives_of(
            200,
            JSON,
            "The metadata",
        ),
        get("/.well-known/oauth-authorization-server", "Authorization server metadata").gives_of(
            200,
            JSON,
            "The metadata",
        ),
        get("/.well-known/jwt-vc-issuer", "The issuer's keys").gives_of(200, JSON, "The keys"),
        get("/api/v1/openapi.json", "This document").gives_of(200, JSON, "The document"),
        get("/healthz", "The process answers").gives_of(200, "text/plain", "It does"),
        get("/readyz", "It can do its work")
            .gives_of(200, "text/plain", "It can")
            .gives_nothing(503, "It can't, and why"),
    ]
}
