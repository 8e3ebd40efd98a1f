//! Release: a host gives notice, HR answers, the host reads the answer. The test plays the host.

use axum::http::StatusCode;
use keys::certify::Holder;
use keys::{Ring, Sealing, SigningKey};
use passport::movement::{Answer, MovementAnswer, MovementEnd, MovementNotice};
use passport::{Kind, OdsCode, StaffGroup};
use serde_json::{Value, json};
use vc::jwk::Algorithm;
use vc::jws::SigningInput;
use vc::time::UnixTime;

use crate::world::{BASE_URL, Created, NOW, Reply, Wallet, World};

const HOST: &str = "R0A";

/// A network's root and what it certifies.
struct Network {
    ring: Ring,
    _dir: tempfile::TempDir,
}

/// A host with a certified key.
struct Host {
    ods: &'static str,
    key: SigningKey,
    chain: Vec<Vec<u8>>,
}

impl Network {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut rng = issuer::secrets::rng();
        let key_file = dir.path().join("key");
        keys::create_key_file(&key_file, &mut rng).unwrap();
        let sealing = Sealing::KeyFile(key_file);
        let mut ring = Ring::create(&dir.path().join("ring"), &sealing, &mut rng).unwrap();
        ring.make_root("Network", NOW, &mut rng).unwrap();
        Self { ring, _dir: dir }
    }

    fn root(&self) -> Vec<u8> {
        self.ring.root().unwrap().certificate().to_vec()
    }

    fn host(&self, ods: &'static str) -> Host {
        let mut rng = issuer::secrets::rng();
        let key = SigningKey::generate(Algorithm::Es256, &mut rng);
        let holder = Holder::Verifier { ods: ods.to_owned(), host: None };
        let root = self.ring.root().unwrap();
        let leaf = root.certify(key.public_key(), &holder, 30, NOW, &mut rng).unwrap();
        Host { ods, key, chain: vec![leaf] }
    }
}

impl Host {
    fn signed(&self, input: SigningInput) -> String {
        let signature = self.key.sign(input.signing_input());
        input.finish(&signature)
    }

    fn notice(&self, world: &World, subject_ref: &str, jti: &str) -> MovementNotice {
        let now = UnixTime(world.clock.now());
        let start = passport::day::london(now);
        MovementNotice {
            iss: format!("ods:{}", self.ods),
            aud: BASE_URL.to_owned(),
            iat: now.0,
            jti: jti.to_owned(),
            subject_ref: subject_ref.parse().unwrap(),
            kind: Kind::TemporaryDeployment,
            staff_group: StaffGroup::NursingAndMidwiferyRegistered,
            start,
            end: start + chrono::Days::new(13),
        }
    }

    fn sign(&self, notice: &MovementNotice) -> String {
        self.signed(notice.signing_input(self.key.algorithm(), &self.chain))
    }

    fn end(&self, world: &World, of: &MovementNotice, jti: &str) -> String {
        let end = MovementEnd {
            iss: format!("ods:{}", self.ods),
            aud: BASE_URL.to_owned(),
            iat: world.clock.now(),
            jti: jti.to_owned(),
            notice: of.jti.clone(),
            end: of.start,
        };
        self.signed(end.signing_input(self.key.algorithm(), &self.chain))
    }
}

async fn sent(world: &World, notice: &str) -> Reply {
    world.post("", "/movements", notice.to_owned()).await
}

async fn answer_of(world: &World, reply: &Reply) -> Reply {
    let address = reply.json()["answer"].as_str().unwrap().to_owned();
    world.get(address.strip_prefix(BASE_URL).unwrap()).await
}

fn verified(world: &World, reply: &Reply) -> MovementAnswer {
    assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
    let text = std::str::from_utf8(&reply.body).unwrap();
    let host: OdsCode = HOST.parse().unwrap();
    MovementAnswer::verify(text, &world.issuer_key, (BASE_URL, &host)).unwrap()
}

async fn movements(world: &World, query: &str) -> Vec<Value> {
    let page = world.get_as(&world.reader, &format!("/api/v1/movements{query}")).await.json();
    page["items"].as_array().unwrap().clone()
}

async fn scene() -> (World, Network, Host, Created) {
    let network = Network::new();
    let world = World::trusting(&network.root()).await;
    let host = network.host(HOST);
    let created = world.created().await;
    world.receive(&created, &Wallet::new()).await;
    (world, network, host, created)
}

#[tokio::test]
async fn a_host_gives_notice_hr_approves_and_the_host_reads_the_signed_answer() {
    let (world, _network, host, created) = scene().await;
    let notice = host.notice(&world, &created.subject_ref, "n1");

    let taken = sent(&world, &host.sign(&notice)).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{:?}", taken.body);
    assert_eq!(answer_of(&world, &taken).await.status, StatusCode::ACCEPTED);
    let [waiting] = &movements(&world, "?state=WAITING").await[..] else { panic!() };
    assert_eq!(waiting["passport"], created.id.as_str());
    assert_eq!((&waiting["host"], &waiting["kind"]), (&json!(HOST), &json!(notice.kind)));
    assert_eq!(movements(&world, "?now=true").await, Vec::<Value>::new());
    let path = format!("/api/v1/movements/{}/approve", waiting["id"].as_str().unwrap());
    let approved = world.post_json(&world.token, &path, &json!({})).await;
    assert_eq!(approved.status, StatusCode::OK, "{:?}", approved.body);

    let answer = verified(&world, &answer_of(&world, &taken).await);
    assert_eq!((answer.answer, answer.end), (Answer::Approved, Some(notice.end)));
    assert_eq!(answer.notice, "n1");
    let [away] = &movements(&world, "?now=true").await[..] else { panic!() };
    assert_eq!(away["family_name"], world.nurse()["identity"]["family_name"]);
    let history = world.show(&created.id).await["history"].clone();
    let acts: Vec<_> = history.as_array().unwrap().iter().map(|line| &line["what"]).collect();
    assert!(acts.ends_with(&[&json!("RELEASE_ASKED"), &json!("RELEASE_APPROVED")]), "{acts:?}");
    // Once is enough.
    world.post_json(&world.token, &path, &json!({})).await.is_problem(409);
}

#[tokio::test]
async fn hr_refuses_with_a_reason_that_stays_here() {
    let (world, _network, host, created) = scene().await;
    let notice = host.notice(&world, &created.subject_ref, "n1");
    let taken = sent(&world, &host.sign(&notice)).await;
    let id = movements(&world, "").await[0]["id"].as_str().unwrap().to_owned();

    let path = format!("/api/v1/movements/{id}/refuse");
    let body = json!({ "reason": "NEEDED_HERE", "note": "Short of nurses" });
    let refused = world.post_json(&world.token, &path, &body).await;

    assert_eq!(refused.json()["state"], "REFUSED");
    let reply = answer_of(&world, &taken).await;
    let answer = verified(&world, &reply);
    assert_eq!((answer.answer, answer.end, answer.reason), (Answer::Refused, None, None));
}

#[tokio::test]
async fn a_release_ends_earlier_by_the_host_or_by_hr() {
    let (world, _network, host, created) = scene().await;
    for (jti, by_host) in [("n1", true), ("n2", false)] {
        let notice = host.notice(&world, &created.subject_ref, jti);
        let taken = sent(&world, &host.sign(&notice)).await;
        let id = movements(&world, "?state=WAITING").await[0]["id"].as_str().unwrap().to_owned();
        let approve = format!("/api/v1/movements/{id}/approve");
        world.post_json(&world.token, &approve, &json!({})).await;

        if by_host {
            let end = host.end(&world, &notice, "e1");
            let ended = sent(&world, &end).await;
            assert_eq!(verified(&world, &ended).answer, Answer::Ended);
            assert_eq!(verified(&world, &sent(&world, &end).await).answer, Answer::Ended);
        } else {
            let path = format!("/api/v1/movements/{id}/end");
            let body = json!({ "on": notice.start });
            world.post_json(&world.token, &path, &body).await;
        }

        let answer = verified(&world, &answer_of(&world, &taken).await);
        assert_eq!((answer.answer, answer.end), (Answer::Ended, Some(notice.start)));
    }
    assert_eq!(movements(&world, "?now=true").await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_host_cannot_tell_whether_anybody_has_the_reference() {
    let (world, _network, host, created) = scene().await;
    let known = host.sign(&host.notice(&world, &created.subject_ref, "n1"));
    let unknown = host.sign(&host.notice(&world, "nobody-has-this-one", "n2"));

    let (known, unknown) = (sent(&world, &known).await, sent(&world, &unknown).await);

    assert_eq!((known.status, unknown.status), (StatusCode::ACCEPTED, StatusCode::ACCEPTED));
    assert_eq!(known.json()["state"], unknown.json()["state"]);
    assert_eq!(known.body.len(), unknown.body.len());
    let rows = movements(&world, "").await;
    let nobody = rows.iter().find(|row| row["passport"].is_null()).unwrap();
    let path = format!("/api/v1/movements/{}", nobody["id"].as_str().unwrap());
    let approve = world.post_json(&world.token, &format!("{path}/approve"), &json!({})).await;
    approve.is_problem(409);
    let body = json!({ "reason": "NOT_OURS" });
    world.post_json(&world.token, &format!("{path}/refuse"), &body).await;
    let answer = verified(&world, &answer_of(&world, &unknown).await);
    assert_eq!((answer.answer, answer.reason), (Answer::Refused, None));
}

#[tokio::test]
async fn a_notice_counts_once_also_after_a_restart() {
    let (world, _network, host, created) = scene().await;
    let first = host.notice(&world, &created.subject_ref, "n1");
    let text = host.sign(&first);
    let taken = sent(&world, &text).await;
    let world = world.restarted().await;

    let again = sent(&world, &text).await;
    let mut other = first.clone();
    other.end = first.end + chrono::Days::new(1);
    let reused = sent(&world, &host.sign(&other)).await;

    assert_eq!((again.status, &again.body), (StatusCode::ACCEPTED, &taken.body));
    reused.is_error(400, "invalid_request");
    assert_eq!(movements(&world, "").await.len(), 1);
}

#[tokio::test]
async fn a_notice_that_does_not_stand_is_refused() {
    let (world, network, host, created) = scene().await;
    let sound = host.notice(&world, &created.subject_ref, "n1");
    let with = |change: fn(&mut MovementNotice)| {
        let mut notice = sound.clone();
        change(&mut notice);
        notice
    };
    let stranger = Network::new().host(HOST);
    let other = network.host("RM3");
    let mut bad = vec![
        stranger.sign(&sound),
        // Certified, and not as the host that it says it is.
        other.sign(&sound),
        host.sign(&with(|notice| notice.aud = "https://another.example".to_owned())),
        host.sign(&with(|notice| notice.iat -= 601)),
        host.sign(&with(|notice| notice.iat += 61)),
        host.sign(&with(|notice| notice.jti = String::new())),
        host.sign(&with(|notice| notice.jti = "j".repeat(65))),
        host.sign(&with(|notice| notice.end = notice.start - chrono::Days::new(1))),
        host.signed(sound.signing_input(Algorithm::Es256, &[])),
        "nonsense".to_owned(),
        String::new(),
    ];
    let mut forged = host.sign(&sound);
    forged.replace_range(forged.len() - 10..forged.len() - 9, "!");
    bad.push(forged);

    for notice in bad {
        sent(&world, &notice).await.is_error(400, "invalid_request");
    }

    assert_eq!(movements(&world, "").await, Vec::<Value>::new());
    let nobody_trusted = World::new().await;
    sent(&nobody_trusted, &host.sign(&sound)).await.is_error(400, "invalid_request");
}

#[tokio::test]
async fn impact_counts_have_numbers_and_nobody_in_them() {
    let (world, _network, host, created) = scene().await;
    sent(&world, &host.sign(&host.notice(&world, &created.subject_ref, "n1"))).await;

    let impact = world.get_as(&world.reader, "/api/v1/impact").await;

    let counters = &impact.json()["counters"];
    assert_eq!((&counters["acts/OFFERED"], &counters["acts/ISSUED"]), (&json!(1), &json!(1)));
    let name = format!("movements/WAITING/{HOST}/{}", Kind::TemporaryDeployment);
    assert_eq!(counters[&name], 1);
    let text = std::str::from_utf8(&impact.body).unwrap();
    assert!(!text.contains(&created.subject_ref) && !text.contains(&created.id));
}
