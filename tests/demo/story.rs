//! The steps of the story, each held against the answer it must get.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use staff_passport_tests::network::{HOST_ODS, Network, POLL_SECONDS};
use staff_passport_tests::tamper;

const REQUIREMENT: &str = "TRAINING_EDUCATION_DEVELOPMENT/NURSING_AND_MIDWIFERY_REGISTERED";
/// The service promises twenty seconds from the revocation to the host; a slow machine gets more.
const REVOCATION_LIMIT: Duration = Duration::from_secs(60);

/// Tells it. The exit code is 0 only when every step gave the expected answer.
pub(crate) async fn tell(exit: bool) -> ExitCode {
    let now = clock::Clock::system().now();
    let today = chrono::DateTime::from_timestamp(now, 0).expect("a date").date_naive();
    let placement = json!({
        "kind": "TRAINING_EDUCATION_DEVELOPMENT",
        "staff_group": "NURSING_AND_MIDWIFERY_REGISTERED",
        "start": today.to_string(),
        "end": (today + chrono::Days::new(28)).to_string(),
    });
    let mut book = Book::default();

    println!("\nThree organisations start: the network's registry, The Christie (RBV, home trust)");
    println!("and Manchester University (R0A, host trust), each as a process of its own.");
    let network = if staff_passport_tests::network::pages_are_built() {
        Network::start_with_pages(POLL_SECONDS)
    } else {
        Network::start(POLL_SECONDS)
    };
    println!("  registry  {}", network.registry_url);
    println!("  issuer    {}", network.issuer_url);
    println!("  verifier  {}", network.verifier_url);

    book.step("The Christie's HR records the checks it has made on Amara Okafor, an invented");
    println!("acute oncology nurse, and gets an offer for her phone.");
    let amara = network.create_passport(&passport::samples::sample_nurse(today)).await;
    println!("  state             {}", amara["state"].as_str().unwrap_or("?"));
    println!("  offer             {}", amara["offer"]["uri"].as_str().unwrap_or("?"));
    println!("  transaction code  {}", amara["offer"]["tx_code"].as_str().unwrap_or("?"));
    book.expect("the passport is offered", amara["state"] == "OFFERED");

    book.step("Amara's wallet asks who issues what, receives the passport and checks it.");
    let wallet = network.wallet("amara");
    print!("{}", indent(&wallet.receive(&amara)));
    let listed = wallet.succeed(&["list"]);
    print!("{}", indent(&listed));
    book.expect("the wallet lists the passport", listed.contains("Christie"));

    book.step("At Manchester University she shows a code that is good for 90 seconds:");
    let presented = wallet.run(&["present", "--to", HOST_ODS, "--for", REQUIREMENT, "--once"], "");
    print!("{}", indent(&String::from_utf8_lossy(&presented.stderr)));
    let shown = String::from_utf8_lossy(&presented.stdout).into_owned();
    println!("{shown}");
    book.expect("a QR code is shown", shown.contains('█') || shown.contains('▀'));

    let code = wallet.code(REQUIREMENT);
    println!("  (scanned by its text, {} characters)", characters(&code));
    let started = Instant::now();
    let clear = network.scan(code.clone(), &placement).await;
    println!("The host's HR scans it and asks: may she start today, for four weeks?");
    tell_verdict(&clear, started.elapsed());
    book.verdict(&clear, "CLEAR_TO_START", None);

    book.step("Somebody photographed the code and shows the identical picture at another desk.");
    let replayed = network.scan(code, &placement).await;
    tell_verdict(&replayed, Duration::ZERO);
    book.verdict(&replayed, "NOT_YET", Some("REPLAYED"));

    book.step("Somebody changes a date in what the home trust signed.");
    let tampered = tamper::issuer_signed_part(&wallet.code(REQUIREMENT));
    let forged = network.scan(tampered, &placement).await;
    tell_verdict(&forged, Duration::ZERO);
    book.verdict(&forged, "DO_NOT_START", Some("SIGNATURE_INVALID"));

    book.step("A second nurse: HR recorded a DBS certificate that is four years old.");
    let mut old = passport::samples::sample_nurse(today);
    old["identity"]["given_name"] = json!("Bronwen");
    old["identity"]["family_name"] = json!("Invented");
    old["criminal_record"]["issued_on"] = json!((today - chrono::Months::new(48)).to_string());
    let second = network.create_passport(&old).await;
    let second_wallet = network.wallet("second");
    second_wallet.receive(&second);
    let not_yet = network.scan(second_wallet.code(REQUIREMENT), &placement).await;
    tell_verdict(&not_yet, Duration::ZERO);
    book.verdict(&not_yet, "NOT_YET", Some("EXPIRED_CRIMINAL_RECORD"));

    book.step("Amara's phone is lost. The Christie revokes her passport.");
    let id = amara["id"].as_str().expect("an id").to_owned();
    network.revoke(&id, "LOST_DEVICE").await;
    let revoked_at = Instant::now();
    println!("A fresh code is scanned until the host knows.");
    let revoked = loop {
        let verdict = network.scan(wallet.code(REQUIREMENT), &placement).await;
        if verdict["outcome"] != "CLEAR_TO_START" || revoked_at.elapsed() > REVOCATION_LIMIT {
            break verdict;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    tell_verdict(&revoked, Duration::ZERO);
    println!("  {:.1} s after the revocation was acknowledged", revoked_at.elapsed().as_secs_f64());
    book.verdict(&revoked, "DO_NOT_START", Some("REVOKED"));

    if book.failed > 0 {
        println!("\n{} of {} steps did not give the expected answer.", book.failed, book.checked);
        return ExitCode::FAILURE;
    }
    println!("\nEvery one of {} steps gave the expected answer.", book.checked);
    if !exit {
        stay(&network).await;
    }
    ExitCode::SUCCESS
}

async fn stay(network: &Network) {
    println!("\nThe services go on running. Ctrl-C stops them and removes their data.");
    if let Some(wallet) = &network.wallet_url {
        println!(
            "\nTo do the same by hand, open these (each link signs in once, and asks for a passkey):"
        );
        let home = network.invite("issuer", "Hannah Home", &["hr_issuer"]);
        let host = network.invite("verifier", "Harry Host", &["hr_verifier"]);
        println!("  Hannah, HR of The Christie, issues   {home}");
        println!("  Amara’s phone wallet                 {wallet}");
        println!("  Harry, HR of Manchester, scans       {host}");
        println!(
            "Three windows of one browser do. Without a camera, the wallet takes the offer's link,"
        );
        println!("and the scan page a picture of the code (a screenshot).");
    }
    println!("\nFor machines:");
    println!("  issuer    {}    token {}", network.issuer_url, network.issuer_token);
    println!("  verifier  {}    token {}", network.verifier_url, network.verifier_token);
    println!("  registry  {}", network.registry_url);
    println!("Try:  curl -H 'Authorization: Bearer {}' \\", network.issuer_token);
    println!("           {}/api/v1/passports", network.issuer_url);
    if tokio::signal::ctrl_c().await.is_err() {
        println!("Ctrl-C can't be waited for here; stopping.");
    }
}

/// Counts the steps and what came of them.
#[derive(Default)]
struct Book {
    number: usize,
    checked: usize,
    failed: usize,
}

impl Book {
    fn step(&mut self, text: &str) {
        self.number += 1;
        println!("\n{}. {text}", self.number);
    }

    fn expect(&mut self, what: &str, holds: bool) {
        self.checked += 1;
        if !holds {
            self.failed += 1;
            println!("  ✗ expected that {what}");
        }
    }

    fn verdict(&mut self, verdict: &Value, outcome: &str, code: Option<&str>) {
        let codes = codes(verdict);
        let holds =
            verdict["outcome"] == outcome && code.map_or(codes.is_empty(), |code| codes == [code]);
        let wanted = code.map_or(String::new(), |code| format!(" with {code}"));
        self.expect(&format!("the verdict is {outcome}{wanted}; it is {verdict}"), holds);
        if holds {
            println!("  ✓ as it should be: {outcome}{wanted}");
        }
    }
}

fn codes(verdict: &Value) -> Vec<&str> {
    let findings = verdict["findings"].as_array().map(Vec::as_slice).unwrap_or_default();
    findings.iter().filter_map(|finding| finding["code"].as_str()).collect()
}

fn tell_verdict(verdict: &Value, took: Duration) {
    println!("  {}", verdict["outcome"].as_str().unwrap_or("no outcome"));
    let identity = &verdict["facts"]["identity"];
    if let (Some(given), Some(family)) =
        (identity["given_name"].as_str(), identity["family_name"].as_str())
    {
        println!(
            "  {given} {family}, checked by {}",
            verdict["issuer"]["name"].as_str().unwrap_or("?")
        );
    }
    for finding in verdict["findings"].as_array().map(Vec::as_slice).unwrap_or_default() {
        println!(
            "  {}: {} {} {}",
            finding["code"].as_str().unwrap_or("?"),
            finding["sentence"].as_str().unwrap_or(""),
            finding["who"].as_str().map(|who| format!("[{who}]")).unwrap_or_default(),
            finding["next_step"].as_str().unwrap_or(""),
        );
    }
    if let Some(age) = verdict["status"]["age_seconds"].as_i64() {
        println!("  status list {age} s old");
    }
    if !took.is_zero() {
        println!("  answered in {} ms", took.as_millis());
    }
}

fn characters(code: &Value) -> usize {
    match code {
        Value::Array(parts) => parts.iter().filter_map(Value::as_str).map(str::len).sum(),
        other => other.as_str().map_or(0, str::len),
    }
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  │ {line}\n")).collect()
}
