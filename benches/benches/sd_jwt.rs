//! Issuing and verifying an SD-JWT VC, beside bare cryptography and beside other libraries.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use staff_passport_benches::keys::BareVerifier;
use staff_passport_benches::peers::{self, IdentityKit, JsonWebToken};
use staff_passport_benches::scene::{Scene, rng};
use vc::jwk::Algorithm;

fn verify(criterion: &mut Criterion) {
    for (name, algorithm) in [("verify_eddsa", Algorithm::EdDsa), ("verify_es256", Algorithm::Es256)]
    {
        let scene = Scene::seventeen(algorithm);
        let text = scene.presentation();
        assert_eq!(text.matches('~').count(), 18, "17 disclosures");
        println!("{name}: {} bytes", text.len());
        let mut group = criterion.benchmark_group(name);

        let floor = Floor::of(&scene, &text);
        group.bench_function("floor", |b| b.iter(|| floor.run()));
        group.bench_function("ours", |b| b.iter(|| scene.verify(black_box(&text))));
        group.bench_function("sd-jwt-rs", |b| {
            b.iter(|| peers::sd_jwt_rs_verify(&scene, black_box(&text).clone()))
        });
        let kit = IdentityKit::new(&scene);
        group.bench_function("identity-kit", |b| b.iter(|| kit.verify(black_box(&text))));
        let jwt = JsonWebToken::new(&scene);
        group.bench_function("jsonwebtoken", |b| b.iter(|| jwt.verify(black_box(&text))));
        let issuer = peers::josekit_verifier(algorithm, &scene.issuer.public().to_jwk());
        group.bench_function("josekit", |b| {
            b.iter(|| peers::josekit_verify(issuer.as_ref(), algorithm, black_box(&text)))
        });
    }
}

/// The two signatures and every hash of a presentation, cut beforehand.
struct Floor {
    signatures: [(BareVerifier, Vec<u8>, [u8; 64]); 2],
    disclosures: Vec<String>,
    before_binding: String,
}

impl Floor {
    fn of(scene: &Scene, presentation: &str) -> Self {
        let [issuer, holder] = peers::tokens(presentation);
        let cut = |token: &str| {
            let (signed, signature) = token.rsplit_once('.').unwrap();
            (signed.as_bytes().to_vec(), vc::base64url::decode_array(signature).unwrap())
        };
        let (issuer_signed, issuer_signature) = cut(issuer);
        let (holder_signed, holder_signature) = cut(holder);
        let (before, _) = presentation.rsplit_once('~').unwrap();
        Self {
            signatures: [
                (BareVerifier::of(&scene.issuer), issuer_signed, issuer_signature),
                (BareVerifier::of(&scene.holder), holder_signed, holder_signature),
            ],
            disclosures: before.split('~').skip(1).map(str::to_owned).collect(),
            before_binding: format!("{before}~"),
        }
    }

    fn run(&self) {
        for (key, signed, signature) in &self.signatures {
            key.verify(black_box(signed), black_box(signature));
        }
        for disclosure in &self.disclosures {
            black_box(Sha256::digest(black_box(disclosure)));
        }
        black_box(Sha256::digest(black_box(&self.before_binding)));
    }
}

fn issue(criterion: &mut Criterion) {
    let scene = Scene::nurse(Algorithm::EdDsa);
    let mut group = criterion.benchmark_group("issue");
    let issued = scene.issue(&mut rng());
    assert_eq!(issued.matches('~').count(), 9, "8 disclosures");

    let (token, rest) = issued.split_once('~').unwrap();
    let (signed, _) = token.rsplit_once('.').unwrap();
    let disclosures: Vec<&str> = rest.trim_end_matches('~').split('~').collect();
    group.bench_function("floor", |b| {
        b.iter(|| {
            for disclosure in &disclosures {
                black_box(Sha256::digest(black_box(disclosure)));
            }
            scene.issuer.sign(black_box(signed.as_bytes()))
        })
    });
    let mut rng = rng();
    group.bench_function("ours", |b| b.iter(|| scene.issue(&mut rng)));
    let claims = Value::Object(scene.claims.clone());
    let hide = peers::json_paths(&scene);
    let mut issuer = peers::sd_jwt_rs_issuer(&scene.issuer);
    let text = peers::sd_jwt_rs_issue(&mut issuer, &claims, &hide);
    assert_eq!(text.matches('~').count(), 9, "8 disclosures");
    group.bench_function("sd-jwt-rs", |b| {
        b.iter(|| peers::sd_jwt_rs_issue(&mut issuer, black_box(&claims), &hide))
    });
    let hide = peers::kit_paths(&scene);
    let text = peers::identity_kit_issue(&scene, &hide);
    assert_eq!(text.matches('~').count(), 9, "8 disclosures");
    group.bench_function("identity-kit", |b| {
        b.iter(|| peers::identity_kit_issue(black_box(&scene), &hide))
    });
    let key = jsonwebtoken::EncodingKey::from_ed_der(scene.issuer.pkcs8());
    let header = jsonwebtoken::Header::new(peers::jwt_algorithm(&scene.issuer));
    group.bench_function("jsonwebtoken", |b| {
        b.iter(|| jsonwebtoken::encode(&header, black_box(&scene.claims), &key).unwrap())
    });
}

criterion_group! {
    name = benches;
    config = staff_passport_benches::short_round();
    targets = verify, issue
}
criterion_main!(benches);
