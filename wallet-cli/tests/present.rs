//! What is shown: exactly what the host asks for, bound to the host, the moment and the holder.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

mod common;

use common::{NOW, TX_CODE, VCT, World, requirement};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::{Map, Value, json};
use vc::registry::{Operators, VerifiedRegistry};
use vc::status_list::VerifiedStatusList;
use vc::time::UnixTime;
use vc::verify::{
    Evidence, NoncePolicy, Policy, Reason, Rejection, StatusEvidence, UnverifiedPresentation,
    Verified,
};
use wallet_cli::network::Network;
use wallet_cli::present::{self, Opened, Plan, PresentError};
use wallet_cli::receive::{self, Strangers};
use wallet_cli::store::Held;

/// A wallet's credential and the network that it came from.
struct Shown {
    world: World,
    held: Held,
    rng: ChaCha20Rng,
}

impl Shown {
    async fn new() -> Self {
        let world = World::at_noon().await;
        let mut rng = ChaCha20Rng::seed_from_u64(11);
        let mut network = Network::new(&world.registry_url()).expect("a network");
        let offered =
            receive::open(&world.offer(), &mut network, &registry(&world), Strangers::Refuse)
                .await
                .expect("opened");
        let received = offered
            .redeem(Some(TX_CODE), &network, &world.clock, &mut rng)
            .await
            .expect("received");
        let held = received.to_held("0000abcd".to_owned(), world.now());
        Self { world, held, rng }
    }

    fn opened(&self) -> Opened {
        Opened::open(&self.held, self.world.now()).expect("opened")
    }

    fn plan(&self, requirement: &Value) -> Plan {
        self.opened().plan(
            &passport::Requirement::from_json(&requirement.to_string()).expect("a requirement"),
        )
    }

    fn present(&mut self, requirement: &Value, to: &str, desk_code: Option<&str>) -> String {
        let plan = self.plan(requirement);
        let now = self.world.now();
        self.opened().present(&plan, to, desk_code, now, &mut self.rng).expect("presented")
    }

    /// As the host `R0A` judges it.
    fn verify(&self, presentation: &str, nonce: NoncePolicy<'_>) -> Result<Verified, Rejection> {
        let registry = registry(&self.world);
        let list = VerifiedStatusList::verify(
            &self.world.status_list(),
            &self.world.status_uri(),
            |_| Some(self.world.issuer_key.public_key()),
            self.world.now(),
        )
        .expect("a good list");
        let evidence = Evidence {
            registry: Some(&registry),
            anchors: &[],
            status: StatusEvidence::List(&list),
        };
        let policy = Policy {
            audience: "ods:R0A",
            nonce,
            types: &[VCT],
            max_code_age: 90,
            max_code_ahead: 30,
            max_status_age: 600,
        };
        UnverifiedPresentation::parse(presentation)?.verify(&evidence, &policy, self.world.now())
    }
}

fn registry(world: &World) -> VerifiedRegistry {
    let operators = Operators { keys: vec![world.operator.public_key().clone()], threshold: 1 };
    let document = world.registry_document();
    VerifiedRegistry::verify(document.as_bytes(), &operators, None, world.now())
        .expect("a good registry")
}

fn objects(claims: &Map<String, Value>) -> Vec<&str> {
    let mut objects: Vec<&str> = claims
        .iter()
        .filter(|(name, value)| {
            (value.is_object() || value.is_array())
                && !["cnf", "status", "employer", "assurance"].contains(&name.as_str())
        })
        .map(|(name, _)| name.as_str())
        .collect();
    objects.sort_unstable();
    objects
}

#[tokio::test]
async fn a_presentation_verifies_at_the_host_and_shows_exactly_what_it_asks() {
    let mut shown = Shown::new().await;

    let presentation = shown.present(&requirement(), "R0A", None);

    let verified = shown.verify(&presentation, NoncePolicy::Fresh).expect("verifies");
    assert_eq!(objects(verified.claims()), ["core_skills", "identity", "right_to_work"]);
    assert_eq!(verified.claims()["identity"].get("personal"), None, "inner blocks stay hidden");
    assert_eq!(verified.issuer().ods, "RBV");
}

#[tokio::test]
async fn an_inner_block_is_shown_only_when_it_is_asked_for() {
    let mut shown = Shown::new().await;
    let mut asking = requirement();
    asking["needs"] = json!([{
        "check": "identity", "why": "So that we know you.",
        "show": [["identity"], ["identity", "personal"]]
    }]);

    let presentation = shown.present(&asking, "R0A", None);

    let verified = shown.verify(&presentation, NoncePolicy::Fresh).expect("verifies");
    assert_eq!(verified.claims()["identity"]["personal"]["nationality"], "British");
    assert_eq!(objects(verified.claims()), ["identity"]);
}

#[tokio::test]
async fn what_is_asked_for_and_not_held_is_named_and_the_rest_is_shown() {
    let mut shown = Shown::new().await;
    let mut asking = requirement();
    asking["needs"] = json!([
        { "check": "identity", "why": "So that we know you." },
        { "check": "employment_history", "why": "So that gaps are explained." }
    ]);

    let plan = shown.plan(&asking);
    let presentation = shown.present(&asking, "R0A", None);

    let missing: Vec<String> = plan.missing.iter().map(|asked| asked.path.to_string()).collect();
    assert_eq!(missing, ["/employment_history"]);
    let verified = shown.verify(&presentation, NoncePolicy::Fresh).expect("verifies");
    assert_eq!(objects(verified.claims()), ["identity"]);
}

#[tokio::test]
async fn a_presentation_for_one_host_is_none_for_another() {
    let mut shown = Shown::new().await;

    let presentation = shown.present(&requirement(), "RM3", None);

    let rejection = shown.verify(&presentation, NoncePolicy::Fresh).expect_err("rejected");
    assert_eq!(rejection.reason, Reason::WrongHost);
}

#[tokio::test]
async fn the_desk_code_is_signed_inside_the_nonce() {
    let mut shown = Shown::new().await;

    let with = shown.present(&requirement(), "R0A", Some("123456"));
    let without = shown.present(&requirement(), "R0A", None);

    let asking = NoncePolicy::FreshWithDeskCode("123456");
    shown.verify(&with, asking).expect("verifies");
    assert_eq!(
        shown.verify(&without, asking).err().map(|rejection| rejection.reason),
        Some(Reason::DeskCodeWrong)
    );
}

#[tokio::test]
async fn no_two_presentations_are_the_same() {
    let mut shown = Shown::new().await;

    let first = shown.present(&requirement(), "R0A", None);
    let second = shown.present(&requirement(), "R0A", None);

    let id = |presentation: &str| {
        let verified = shown.verify(presentation, NoncePolicy::Fresh).expect("verifies");
        verified.presentation_id().clone()
    };
    assert_ne!(id(&first).nonce, id(&second).nonce);
    assert_eq!(id(&first).holder, id(&second).holder);
}

#[tokio::test]
async fn an_expired_copy_is_not_shown() {
    let shown = Shown::new().await;

    let error = Opened::open(&shown.held, UnixTime(NOW + 90 * 86_400)).err();

    assert!(matches!(error, Some(PresentError::Expired(id)) if id == "0000abcd"));
}

#[tokio::test]
async fn a_holder_key_that_does_not_fit_shows_nothing() {
    let shown = Shown::new().await;
    let mut held = shown.held.clone();
    held.holder_key = wallet_cli::store::HolderKey(vc::base64url::encode(&[7; 32]));

    let error = Opened::open(&held, shown.world.now()).err();

    assert!(matches!(error, Some(PresentError::HolderKey)));
}

#[tokio::test]
async fn a_code_survives_its_way_through_the_qr_text() {
    let mut shown = Shown::new().await;
    let presentation = shown.present(&requirement(), "R0A", None);

    let parts = vc::qr::split(&vc::qr::encode(&presentation), 154, &mut shown.rng);

    assert!(parts.len() > 1, "small enough for one code of version 5");
    for part in &parts {
        assert!(qr_picture::version(part).expect("drawable") <= 5);
    }
    let joined = vc::qr::join(parts.iter().rev().map(String::as_str)).expect("joined");
    assert_eq!(vc::qr::decode(&joined).expect("decoded"), presentation);
}

#[test]
fn a_desk_code_is_six_digits() {
    assert!(present::check_desk_code("012345").is_ok());
    for wrong in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"] {
        assert!(matches!(present::check_desk_code(wrong), Err(PresentError::DeskCode)), "{wrong}");
    }
}
