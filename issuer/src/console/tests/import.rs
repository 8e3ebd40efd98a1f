//! The import page.

use axum::http::StatusCode;
use server::people::Role;

use super::world::{World, main_of};

const PATH: &str = "/console/import";
const ESR: &str = include_str!("import.csv");

fn file(given_name: &str) -> Vec<u8> {
    ESR.replace("Amara", given_name).into_bytes()
}

#[tokio::test]
async fn a_file_is_checked_first_and_nothing_is_stored() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let asked = hr.get(PATH).await;
    let bad = [file("Amara"), ESR.lines().nth(1).unwrap().replace("20-JUN-1990", "soon").into()];

    let checked = hr.post_file(PATH, &[("mapping", "esr"), ("do", "check")], &bad.concat()).await;

    assert!(asked.body.contains("enctype=\"multipart/form-data\""));
    let main = main_of(&checked.body);
    assert_eq!(checked.status, StatusCode::OK, "{main}");
    for words in ["The file is checked", "Nothing is stored yet", "Date of Birth", "<bdi>1</bdi>"] {
        assert!(main.contains(words), "{words} in {main}");
    }
    assert!(main.contains("value=\"esr\" checked"));
    let listed = hr.get("/console/passports").await;
    assert!(!listed.body.contains("Okafor"));
}

#[tokio::test]
async fn the_good_rows_are_imported_once_however_often_the_file_comes() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    hr.get(PATH).await;
    let fields = [("mapping", "esr"), ("do", "import")];

    let first = hr.post_file(PATH, &fields, &file("Amara")).await;
    let again = hr.post_file(PATH, &fields, &file("Amara")).await;

    let (first, again) = (main_of(&first.body), main_of(&again.body));
    assert!(first.contains("The file is imported"), "{first}");
    for (main, made, before) in [(first, "1", "0"), (again, "0", "1")] {
        let values: Vec<_> = main.split("<bdi>").skip(1).take(4).collect();
        assert!(values[1].starts_with(made) && values[2].starts_with(before), "{main}");
    }
    let listed = hr.get("/console/passports").await;
    assert_eq!(listed.body.matches("Amara Okafor").count(), 1);
}

#[tokio::test]
async fn the_failed_rows_come_as_a_file() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    hr.get(PATH).await;
    let bad = ESR.replace("20-JUN-1990", "soon").into_bytes();

    let failed = hr.post_file(PATH, &[("mapping", "esr"), ("do", "failed")], &bad).await;

    assert_eq!(failed.status, StatusCode::OK);
    assert!(failed.headers["content-disposition"].to_str().unwrap().contains("failed-rows.csv"));
    assert!(failed.body.contains("What is wrong") && failed.body.contains("soon"));
}

#[tokio::test]
async fn faults_of_the_file_itself_stand_beside_the_field() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    hr.get(PATH).await;
    for (file, words) in [
        (&b""[..], "Choose a file"),
        (b"Shoe Size\n5\n", "Shoe Size"),
        (b"a,\xff\n", "CSV UTF-8"),
        (b"<script>alert(1)</script>\n1\n", "&#60;script&#62;"),
    ] {
        let seen = hr.post_file(PATH, &[("do", "check")], file).await;

        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        let main = main_of(&seen.body);
        assert!(main.contains("href=\"#file\"") && main.contains(words), "{main}");
        assert!(!main.contains("<script>"));
    }
}

/// D3 A file from another site's page, or from somebody without the role, is not read.
#[tokio::test]
async fn d3_only_our_own_page_sends_a_file() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    hr.get(PATH).await;
    let mut forger = hr.copied();
    forger.get("/nothing-is-here").await;
    let mut auditor = world.somebody("Aud Example", Role::Auditor).await;

    let form = [("csrf", "another"), ("do", "import")];
    let urlencoded = hr.post_exactly(PATH, &form).await;
    auditor.get("/console").await;
    let auditor = auditor.post_file(PATH, &[("do", "import")], &file("Amara")).await;
    let body = "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--\r\n";
    let request = axum::http::Request::post(PATH)
        .header("origin", super::world::ORIGIN)
        .header("content-type", "multipart/form-data; boundary=b")
        .body(body.into());
    let tokenless = hr.send(request.unwrap()).await;
    let request = axum::http::Request::post(PATH)
        .header("origin", "https://evil.example")
        .header("content-type", "multipart/form-data; boundary=b")
        .body(body.into());
    let foreign = hr.send(request.unwrap()).await;

    assert_eq!(urlencoded.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for refused in [auditor, tokenless, foreign] {
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    assert!(!hr.get("/console/passports").await.body.contains("Okafor"));
}

/// H1 Both have sent the very same file before anything is made of it.
#[tokio::test]
async fn h1_where_two_people_issue_a_colleague_sends_the_same_file() {
    let world = World::of_two_people().await;
    let mut first = world.somebody("First Example", Role::HrIssuer).await;
    let mut second = world.somebody("Second Example", Role::HrIssuer).await;
    let fields = [("mapping", "esr"), ("do", "import")];
    for hr in [&mut first, &mut second] {
        hr.get(PATH).await;
    }

    for _ in 0..2 {
        let waits = first.post_file(PATH, &fields, &file("Amara")).await;
        assert_eq!(waits.status, StatusCode::OK);
        assert!(main_of(&waits.body).contains("A colleague is to import the same file"));
    }
    // Another file, and other answers, are another import.
    let other = second.post_file(PATH, &fields, &file("Grace")).await;
    let waived = [("mapping", "esr"), ("waive", "yes"), ("do", "import")];
    let waived = second.post_file(PATH, &waived, &file("Amara")).await;
    for waits in [other, waived] {
        assert!(main_of(&waits.body).contains("A colleague is to import the same file"));
    }
    assert!(!first.get("/console/passports").await.body.contains("Okafor"));
    first.get(PATH).await;

    let made = second.post_file(PATH, &fields, &file("Amara")).await;
    let again = first.post_file(PATH, &fields, &file("Amara")).await;

    assert!(main_of(&made.body).contains("The file is imported"), "{}", made.body);
    let values: Vec<_> = main_of(&again.body).split("<bdi>").skip(1).take(4).collect();
    assert!(values[1].starts_with('0') && values[2].starts_with('1'), "{}", again.body);
    let listed = first.get("/console/passports").await;
    assert_eq!(listed.body.matches("Amara Okafor").count(), 1);
}

/// H1 What a week has passed over is asked for anew.
#[tokio::test]
async fn h1_an_import_waits_for_a_colleague_for_a_week() {
    let world = World::of_two_people().await;
    let mut first = world.somebody("First Example", Role::HrIssuer).await;
    let fields = [("mapping", "esr"), ("do", "import")];
    first.get(PATH).await;
    first.post_file(PATH, &fields, &file("Amara")).await;
    world.clock.advance(7 * 24 * 60 * 60);
    let mut second = world.somebody("Second Example", Role::HrIssuer).await;
    second.get(PATH).await;

    let late = second.post_file(PATH, &fields, &file("Amara")).await;

    assert!(main_of(&late.body).contains("A colleague is to import the same file"));
}
