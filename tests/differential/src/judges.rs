//! Who judges: `vc` in its one safe call, and three other code bases.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use jsonwebtoken::DecodingKey;
use serde_json::{Value, json};
use vc::jwk::{Algorithm, PublicKey};
use vc::registry::{self, Operators, VerifiedRegistry};
use vc::status_list::{self, StatusList, TokenClaims, VerifiedStatusList};
use vc::time::UnixTime;
use vc::verify::{Evidence, NoncePolicy, Policy, StatusEvidence, UnverifiedPresentation};

use crate::draft::{AUDIENCE, ISSUER, LIST, NONCE, NOW, VCT};
use crate::keys::Key;
use crate::kinds::Case;

/// Claims, or the words of the refusal.
pub type Answer = Result<Value, String>;

pub struct Ours {
    registry: VerifiedRegistry,
    list: VerifiedStatusList,
    pub list_token: String,
}

impl Ours {
    pub fn new() -> Self {
        let now = UnixTime(NOW);
        let issuers = [Key::new(false, 11), Key::new(true, 11)];
        let keys: Vec<Value> = issuers
            .iter()
            .map(|key| json!({"jwk": key.jwk(), "state": "active", "kid": key.alg()}))
            .collect();
        let payload = serde_json::from_value(json!({
            "version": 1, "iat": NOW, "exp": NOW + 86_400,
            "organisations": [{
                "ods": "RBV", "name": "An issuer", "state": "active", "types": [VCT],
                "issuer": {"url": ISSUER, "keys": keys},
            }],
        }))
        .expect("a registry");
        let operator = Key::new(false, 55);
        let operator_key = PublicKey::from_jwk(&operator.jwk()).expect("a key");
        let input = registry::signing_input(Algorithm::EdDsa, &operator_key.kid(), &payload);
        let signature = operator.sign(input.signing_input());
        let document = registry::document(&[input.finish(&signature)]);
        let operators = Operators { keys: vec![operator_key], threshold: 1 };
        let registry = VerifiedRegistry::verify(document.as_bytes(), &operators, None, now)
            .expect("the registry verifies");

        let said =
            TokenClaims { uri: LIST.into(), issued_at: now, expires_at: None, ttl: Some(30) };
        let entries = StatusList::new(2, 1 << 17).expect("a list");
        let input = status_list::token_input(Algorithm::EdDsa, "EdDSA", &said, &entries);
        let signature = issuers[0].sign(input.signing_input());
        let list_token = input.finish(&signature);
        let key = PublicKey::from_jwk(&issuers[0].jwk()).expect("a key");
        let list = VerifiedStatusList::verify(&list_token, LIST, |_| Some(&key), now)
            .expect("the list verifies");
        Self { registry, list, list_token }
    }

    pub fn judge(&self, case: &Case) -> Answer {
        let policy = Policy {
            audience: AUDIENCE,
            nonce: NoncePolicy::Exactly(NONCE),
            types: &[VCT],
            max_code_age: 90,
            max_code_ahead: 30,
            max_status_age: 600,
        };
        let evidence = Evidence {
            registry: Some(&self.registry),
            anchors: &[],
            status: StatusEvidence::List(&self.list),
        };
        UnverifiedPresentation::parse(&case.text)
            .and_then(|presentation| presentation.verify(&evidence, &policy, UnixTime(NOW)))
            .map(|verified| Value::Object(verified.claims().clone()))
            .map_err(|rejection| format!("{:?}", rejection.reason))
    }
}

/// The crate `sd-jwt-rs`. A panic is a refusal, counted.
pub fn sd_jwt_rs(case: &Case) -> Answer {
    let jwk = case.jwk.clone();
    let text = case.text.clone();
    let judged = catch_unwind(AssertUnwindSafe(|| {
        sd_jwt_rs::SDJWTVerifier::new(
            text,
            Box::new(move |_, _| {
                let jwk = serde_json::from_value(jwk.clone()).expect("a JWK");
                DecodingKey::from_jwk(&jwk).expect("a key")
            }),
            Some(AUDIENCE.to_owned()),
            Some(NONCE.to_owned()),
            sd_jwt_rs::SDJWTSerializationFormat::Compact,
        )
        .map(|verifier| verifier.verified_claims)
        .map_err(|error| error.to_string())
    }));
    judged.unwrap_or_else(|_| Err(PANICKED.to_owned()))
}

pub const PANICKED: &str = "panicked";

/// A worker in another language that lives as long as the run.
pub struct Worker {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Worker {
    pub fn start(program: &Path, script: &Path) -> Self {
        let mut child = Command::new(program)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}; see `run`", program.display()));
        let questions = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, questions, answers }
    }

    pub fn judge(&mut self, cases: &[Case], list_token: &str) -> Vec<Answer> {
        let questions = self.questions.as_mut().expect("open while the worker lives");
        let answers = &mut self.answers;
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for case in cases {
                    let question = json!({
                        "token": case.text, "jwk": case.jwk, "kb_alg": case.kb_alg,
                        "audience": AUDIENCE, "nonce": NONCE, "now": NOW, "status_list": list_token,
                    });
                    writeln!(questions, "{question}").expect("the worker listens");
                }
                questions.flush().expect("the worker listens");
            });
            cases.iter().map(|_| read(answers)).collect()
        })
    }
}

fn read(answers: &mut BufReader<ChildStdout>) -> Answer {
    let mut line = String::new();
    answers.read_line(&mut line).expect("the worker answers");
    // Python writes NaN and Infinity, which are no JSON: claims, whatever they are
    let answer: BTreeMap<String, Value> = match serde_json::from_str(&line) {
        Ok(answer) => answer,
        Err(_) if line.starts_with("{\"claims\"") => return Ok(Value::String(line)),
        // JavaScript cuts its messages inside a surrogate pair: a refusal, whatever the words
        Err(_) if line.starts_with("{\"refused\"") => return Err(line),
        Err(error) => panic!("no answer: {line:?}: {error}"),
    };
    match answer.get("refused") {
        Some(words) => Err(words.as_str().unwrap_or_default().to_owned()),
        None => Ok(answer.get("claims").cloned().unwrap_or_default()),
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It ends with its input
        self.questions.take();
        let _ = self.child.wait();
    }
}

/// Equal as JSON; numbers by their double.
pub fn same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => ours == theirs,
    }
}
