//! The text of a QR code, made and read, beside bare DEFLATE of the same presentation.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec;
use staff_passport_benches::scene::Scene;
use vc::jwk::Algorithm;
use vc::qr;

fn codes(criterion: &mut Criterion) {
    let text = Scene::nurse(Algorithm::EdDsa).presentation();
    let code = qr::encode(&text);
    assert!(code.starts_with("SP1"), "the compact form");
    let plain = qr::encode_plain(&text);
    let packed = compress_to_vec(text.as_bytes(), 9);

    let mut group = criterion.benchmark_group("qr_encode");
    group.bench_function("floor", |b| {
        b.iter(|| compress_to_vec(black_box(text.as_bytes()), 9))
    });
    group.bench_function("ours", |b| b.iter(|| qr::encode(black_box(&text))));
    group.bench_function("plain form", |b| b.iter(|| qr::encode_plain(black_box(&text))));
    group.finish();

    let mut group = criterion.benchmark_group("qr_decode");
    group.bench_function("floor", |b| b.iter(|| decompress_to_vec(black_box(&packed)).unwrap()));
    group.bench_function("ours", |b| b.iter(|| qr::decode(black_box(&code)).unwrap()));
    group.bench_function("plain form", |b| b.iter(|| qr::decode(black_box(&plain)).unwrap()));
    group.finish();
}

criterion_group! {
    name = benches;
    config = staff_passport_benches::short_round();
    targets = codes
}
criterion_main!(benches);
