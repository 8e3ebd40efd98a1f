//! Many passports out of one file, through HTTP.

pub(crate) mod files;

use std::slice::from_ref;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use server::serve::layered;

use self::files::{csv, nurse, records, workbook};
use crate::world::{Reply, World};

const IMPORTS: &str = "/api/v1/imports";
const DRY_RUN: &str = "/api/v1/imports/dry-run";
const FAILED_ROWS: &str = "/api/v1/imports/failed-rows";
const EVENT_STREAM: &str = "text/event-stream";

async fn import(world: &World, key: &str, file: impl Into<Body>) -> Reply {
    import_as(world, &world.token, IMPORTS, key, file).await
}

async fn import_as(
    world: &World,
    token: &str,
    path: &str,
    key: &str,
    file: impl Into<Body>,
) -> Reply {
    let request = Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header("idempotency-key", key);
    world.send(request.body(file.into()).unwrap()).await
}

/// The events of an answer: name and data.
#[track_caller]
fn events(reply: &Reply) -> Vec<(String, Value)> {
    assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
    assert_eq!(reply.header(header::CONTENT_TYPE), EVENT_STREAM);
    let text = std::str::from_utf8(&reply.body).unwrap();
    let field = |event: &str, name: &str| {
        let line = event.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("{event:?} has no {name}")).trim().to_owned()
    };
    text.split("\n\n")
        .filter(|event| !event.trim().is_empty() && !event.starts_with(':'))
        .map(|event| {
            (field(event, "event:"), serde_json::from_str(&field(event, "data:")).unwrap())
        })
        .collect()
}

/// The last event, which must say that it is done.
#[track_caller]
fn done(reply: &Reply) -> Value {
    let (name, data) = events(reply).pop().expect("events");
    assert_eq!(name, "done", "{data}");
    data
}

/// Ids of all passports.
async fn ids(world: &World) -> Vec<String> {
    let (mut ids, mut next) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/passports?limit=100{next}");
        let page = world.get_as(&world.reader, &path).await.json();
        let items = page["items"].as_array().unwrap_or_else(|| panic!("{page}"));
        ids.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return ids,
        }
    }
}

#[tokio::test]
async fn a_dry_run_counts_names_row_and_column_and_stores_nothing() {
    let world = World::new().await;
    let bad = nurse(
        &world,
        &[("identity.birth_date", "31/02/1990"), ("professional_registration.number", "12")],
    );
    let file = csv(&[nurse(&world, &[]), bad, nurse(&world, &[])]);

    let forecast = world.post(&world.token, DRY_RUN, file).await;

    assert_eq!(forecast.status, StatusCode::OK, "{:?}", forecast.body);
    assert_eq!(forecast.header(header::CACHE_CONTROL), "no-store");
    let forecast = forecast.json();
    assert_eq!(
        (&forecast["rows"], &forecast["good"], &forecast["bad"]),
        (&json!(3), &json!(2), &json!(1))
    );
    let faults = forecast["faults"].as_array().unwrap();
    assert!(faults.iter().all(|fault| fault["row"] == 3), "{faults:?}");
    for column in ["identity.birth_date", "professional_registration.number"] {
        let fault = faults.iter().find(|fault| fault["column"] == column);
        let fault = fault.unwrap_or_else(|| panic!("{column} in {faults:?}"));
        assert!(fault["pointer"].as_str().unwrap().starts_with('/'));
        assert!(!fault["code"].as_str().unwrap().is_empty());
        assert!(fault["message"].as_str().unwrap().len() > 10);
    }
    assert_eq!(ids(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn good_rows_become_offers_and_bad_ones_are_told() {
    let world = World::new().await;
    let bad = nurse(&world, &[("professional_registration.number", "12")]);
    let file = csv(&[nurse(&world, &[]), bad, nurse(&world, &[("identity.given_name", "Zoë")])]);

    let reply = import(&world, "first", file).await;

    assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");
    let done = done(&reply);
    assert_eq!(
        (&done["rows"], &done["created"], &done["refused"]),
        (&json!(3), &json!(2), &json!(1))
    );
    assert_eq!(done["faults"][0]["column"], "professional_registration.number");
    let mut names = Vec::new();
    for id in ids(&world).await {
        let shown = world.show(&id).await;
        assert_eq!(shown["state"], "OFFERED");
        names.push(shown["checks"]["identity"]["given_name"].as_str().unwrap_or("?").to_owned());
        let offer = world.get_as(&world.token, &format!("/api/v1/passports/{id}/offer")).await;
        assert_eq!(offer.status, StatusCode::OK, "{:?}", offer.body);
    }
    names.sort_unstable();
    assert_eq!(names, ["Amara", "Zoë"]);
}

#[tokio::test]
async fn an_imported_offer_is_collected_like_any_other() {
    let world = World::new().await;
    import(&world, "k", csv(&[nurse(&world, &[])])).await;
    let id = ids(&world).await.remove(0);

    let offer = world.get_as(&world.token, &format!("/api/v1/passports/{id}/offer")).await.json();
    let created = crate::world::Created {
        subject_ref: world.show(&id).await["subject_ref"].as_str().unwrap().to_owned(),
        id,
        uri: offer["uri"].as_str().unwrap().to_owned(),
        tx_code: offer["tx_code"].as_str().unwrap().to_owned(),
    };
    let credential = world.receive(&created, &crate::world::Wallet::new()).await;

    assert_eq!(
        credential.claims()["assignment"]["staff_group"],
        world.nurse()["assignment"]["staff_group"]
    );
}

#[tokio::test]
async fn progress_comes_while_it_goes_on_and_only_grows() {
    let world = World::new().await;
    let rows: Vec<_> = (0..300).map(|_| nurse(&world, &[])).collect();

    let events = events(&import(&world, "k", csv(&rows)).await);

    let rows: Vec<u64> = events.iter().map(|(_, data)| data["rows"].as_u64().unwrap()).collect();
    assert_eq!(events.iter().filter(|(name, _)| name == "progress").count(), 2);
    assert_eq!(rows, [256, 300, 300]);
    assert_eq!(events.last().unwrap().1["created"], 300);
}

#[tokio::test]
async fn the_same_key_and_file_again_give_the_same_passports() {
    let world = World::new().await;
    let file = csv(&[nurse(&world, &[]), nurse(&world, &[("identity.given_name", "Zoë")])]);
    done(&import(&world, "k", file.clone()).await);
    let before = ids(&world).await;

    let again = done(&import(&world, "k", file.clone()).await);

    assert_eq!((&again["created"], &again["made_before"]), (&json!(0), &json!(2)));
    assert_eq!(ids(&world).await, before);
    let world = world.restarted().await;
    let later = done(&import_again(&world, file).await);
    // Another caller since the restart: a key is its caller's own.
    assert_eq!(later["created"], 2);
    assert_eq!(ids(&world).await.len(), before.len() + 2);
}

async fn import_again(world: &World, file: Vec<u8>) -> Reply {
    import(world, "k", file).await
}

#[tokio::test]
async fn two_calls_at_once_with_one_key_make_each_passport_once() {
    let world = World::new().await;
    let rows: Vec<_> = (0..40).map(|_| nurse(&world, &[])).collect();
    let file = csv(&rows);

    let (one, other) = tokio::join!(import(&world, "k", file.clone()), import(&world, "k", file));

    let made = |reply: &Reply| done(reply)["created"].as_u64().unwrap();
    assert_eq!(made(&one) + made(&other), 40);
    assert_eq!(ids(&world).await.len(), 40);
}

#[tokio::test]
async fn a_key_is_good_for_one_file_and_mapping() {
    let world = World::new().await;
    let file = csv(&[nurse(&world, &[])]);
    done(&import(&world, "k", file.clone()).await);

    let other = import(&world, "k", csv(&[nurse(&world, &[("identity.given_name", "Bo")])])).await;
    let path = format!("{IMPORTS}?mapping=esr");
    let mapping = import_as(&world, &world.token, &path, "k", "First Name\nAmara\n").await;

    for refused in [other, mapping] {
        refused.is_problem(409);
        assert_eq!(refused.json()["code"], "KEY_USED_OTHERWISE");
    }
    assert_eq!(ids(&world).await.len(), 1);
}

#[tokio::test]
async fn an_import_needs_a_key_and_a_scope() {
    let world = World::new().await;
    let file = csv(&[nurse(&world, &[])]);

    let keyless = world.post(&world.token, IMPORTS, file.clone()).await;
    let long = import(&world, &"k".repeat(201), file.clone()).await;
    let path = format!("{IMPORTS}?confirm_key=false");
    let waived = import_as(&world, &world.attended, &path, "k", file.clone()).await;
    let reader = import_as(&world, &world.reader, IMPORTS, "k", file.clone()).await;
    let path = format!("{IMPORTS}?offer_days=8");
    let days = import_as(&world, &world.token, &path, "k", file).await;

    for (refused, status) in
        [(keyless, 400), (long, 400), (waived, 403), (reader, 403), (days, 400)]
    {
        refused.is_problem(status);
    }
    assert!(ids(&world).await.is_empty());
}

/// The file of failed rows is mended in a spreadsheet program and sent again.
#[tokio::test]
async fn failed_rows_come_as_a_file_to_mend_and_send_again() {
    let world = World::new().await;
    let bad = nurse(
        &world,
        &[("identity.family_name", "O'Brien, née \"Q\""), ("identity.birth_date", "soon")],
    );
    let file = csv(&[nurse(&world, &[]), bad.clone()]);

    let failed = world.post(&world.token, FAILED_ROWS, file).await;

    assert_eq!(failed.header(header::CONTENT_TYPE), "text/csv; charset=utf-8; header=present");
    assert!(failed.header(header::CONTENT_DISPOSITION).contains("failed-rows.csv"));
    let rows = records(&failed.body);
    assert_eq!(rows.len(), 2, "headings and the failed row");
    assert_eq!(rows[0].last().unwrap(), "What is wrong");
    assert!(rows[1].last().unwrap().len() > 10);
    let at = rows[0].iter().position(|heading| heading == "identity.birth_date").unwrap();
    let mut mended = rows.clone();
    mended[1][at] = "20/06/1990".to_owned();
    let made = done(&import(&world, "mended", files::written(&mended)).await);
    assert_eq!((&made["rows"], &made["created"]), (&json!(1), &json!(1)));
    let id = ids(&world).await.remove(0);
    assert_eq!(world.show(&id).await["checks"]["identity"]["family_name"], "O'Brien, née \"Q\"");
}

/// D2 CSV injection: what a program could take for a formula is text in every file that we give,
/// and is itself again when that file comes back.
#[tokio::test]
async fn d2_no_exported_cell_is_a_formula_and_a_round_trip_changes_nothing() {
    let world = World::new().await;
    for formula in ["=HYPERLINK(\"http://evil\")", "+1+1", "-2+3", "@SUM(1)", "=cmd|' /C calc'!A0"]
    {
        let bad = nurse(&world, &[("assignment.job_title", formula), ("identity.birth_date", "x")]);

        let once = world.post(&world.token, FAILED_ROWS, csv(&[bad])).await;
        let twice = world.post(&world.token, FAILED_ROWS, once.body.clone()).await;

        for cell in records(&once.body).into_iter().flatten() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
        }
        assert_eq!(once.body, twice.body, "{formula}");
        let mark = format!("'{formula}");
        assert!(records(&once.body)[1].contains(&mark), "{formula}");
    }
}

#[tokio::test]
async fn files_of_other_programs_are_read() {
    let world = World::new().await;
    let row = nurse(&world, &[("identity.family_name", "Ní Bhriain")]);
    let plain = csv(from_ref(&row));
    let marked = [b"\xef\xbb\xbf".as_slice(), &plain].concat();
    let crlf = String::from_utf8(plain.clone()).unwrap().replace('\n', "\r\n").into_bytes();
    for (name, file) in [
        ("mark", marked),
        ("semicolons", files::delimited(from_ref(&row), b';')),
        ("tabs", files::delimited(from_ref(&row), b'\t')),
        ("line ends", crlf),
        ("workbook", workbook(&[row])),
    ] {
        let forecast = world.post(&world.token, DRY_RUN, file.clone()).await;

        assert_eq!(forecast.json()["good"], 1, "{name}: {:?}", forecast.body);
        assert_eq!(done(&import(&world, name, file).await)["created"], 1, "{name}");
    }
    for id in ids(&world).await {
        assert_eq!(world.show(&id).await["checks"]["identity"]["family_name"], "Ní Bhriain");
    }
}

#[tokio::test]
async fn a_file_that_is_no_table_is_refused_in_words() {
    let world = World::new().await;
    let latin: Vec<u8> =
        String::from_utf8(csv(&[nurse(&world, &[("identity.family_name", "Müller")])]))
            .unwrap()
            .chars()
            .map(|letter| u8::try_from(u32::from(letter)).unwrap())
            .collect();
    let wide: Vec<u8> =
        "\u{feff}identity.given_name".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (file, code, words) in [
        (latin, "BAD_FILE", "CSV UTF-8"),
        (wide, "BAD_FILE", "CSV UTF-8"),
        (vec![], "BAD_FILE", "no headings"),
        (b"PK\x03\x04 no workbook".to_vec(), "BAD_FILE", "xlsx"),
        (b"identity.given_name,Shoe Size\nA,5\n".to_vec(), "UNKNOWN_HEADINGS", "Shoe Size"),
        (workbook(&files::far_corner()), "BAD_FILE", "columns"),
    ] {
        for path in [DRY_RUN, FAILED_ROWS, IMPORTS] {
            let refused = import_as(&world, &world.token, path, "k", file.clone()).await;

            refused.is_problem(400);
            let problem = refused.json();
            assert_eq!(problem["code"], code, "{problem}");
            assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
        }
    }
}

#[tokio::test]
async fn a_file_larger_than_other_bodies_arrives_whole() {
    let world = World::new().await;
    let rows: Vec<_> = (0..2400).map(|_| nurse(&world, &[])).collect();
    let file = csv(&rows);
    assert!(file.len() > 2 << 20, "{}", file.len());
    let request = Request::post(DRY_RUN)
        .header(header::AUTHORIZATION, format!("Bearer {}", world.token))
        .header(header::CONTENT_LENGTH, file.len())
        .body(Body::from(file))
        .unwrap();

    let router = layered(world.app.router(), &issuer::limits());
    let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();

    assert_eq!(answer.status(), StatusCode::OK);
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let forecast: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((&forecast["rows"], &forecast["good"]), (&json!(2400), &json!(2400)));
}

#[tokio::test]
async fn the_template_has_headings_that_the_import_knows() {
    let world = World::new().await;

    let template = world.get_as(&world.token, "/api/v1/imports/template").await;

    assert!(template.body.starts_with(b"\xef\xbb\xbf"));
    let forecast = world.post(&world.token, DRY_RUN, template.body).await.json();
    assert_eq!((&forecast["rows"], &forecast["bad"]), (&json!(0), &json!(0)));
}

/// The process dies in the middle; the same file under the same key goes on.
#[test]
fn an_import_that_broke_off_goes_on_and_makes_nothing_twice() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    const ROWS: usize = 900;
    let first = runtime();
    let (world, file) = first.block_on(async {
        let world = World::new().await;
        let rows: Vec<_> = (0..ROWS).map(|_| nurse(&world, &[])).collect();
        (world, csv(&rows))
    });
    let token = world.token.clone();
    let request = |file: Vec<u8>| {
        Request::post(IMPORTS)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header("idempotency-key", "k")
            .body(Body::from(file))
            .unwrap()
    };
    let broken = first.block_on(async {
        let answer = tower::ServiceExt::oneshot(world.router.clone(), request(file.clone()));
        let mut body = answer.await.unwrap().into_body();
        body.frame().await.unwrap().unwrap().into_data().unwrap()
    });
    // Everything that ran is gone, as with the process.
    let (dir, clock) = world.left();
    first.shutdown_timeout(std::time::Duration::from_secs(10));
    assert!(broken.starts_with(b"event: progress"), "{broken:?}");

    runtime().block_on(async {
        let world = World::again(dir, clock).await;
        let made = ids(&world).await.len();
        assert!((256..ROWS).contains(&made), "{made} made before it broke off");

        let reply = world.send(request(file)).await;

        let done = done(&reply);
        assert_eq!(done["made_before"], made);
        assert_eq!(done["created"], ROWS - made);
        let mut all = ids(&world).await;
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), ROWS);
    });
}
