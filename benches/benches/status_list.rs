//! Looking a status up, and making a list public after a change.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use identity_kit::status_list::{StatusList as KitList, StatusListToken, StatusType};
use libdeflater::{CompressionLvl, Compressor};
use staff_passport_benches::keys::Key;
use staff_passport_benches::peers::KitSigner;
use staff_passport_benches::scene::{LIST, NOW};
use staff_passport_benches::size::one_percent;
use vc::jwk::Algorithm;
use vc::status_list::{Status, StatusList, TokenClaims, token_input};

fn lookup(criterion: &mut Criterion) {
    let list = one_percent(1 << 20);
    let mut group = criterion.benchmark_group("status_lookup");
    let mut index = 0_u64;
    let mut next = move || {
        index = index.wrapping_mul(5).wrapping_add(12_345) & ((1 << 20) - 1);
        index
    };

    let bytes = list.bytes().to_vec();
    group.bench_function("floor", |b| {
        b.iter(|| {
            let index = next() as usize;
            (black_box(&bytes)[index >> 2] >> ((index & 3) * 2)) & 3
        })
    });
    group.bench_function("ours", |b| b.iter(|| black_box(&list).status(next())));
    let kit = KitList::from_bytes(2, bytes.clone()).unwrap();
    group.bench_function("identity-kit", |b| b.iter(|| black_box(&kit).get(next())));
}

fn publish(criterion: &mut Criterion) {
    let key = Key::of(Algorithm::EdDsa, 1);
    let kid = key.public().kid();
    for (name, entries) in [("status_list_2e17", 1_u64 << 17), ("status_list_2e20", 1 << 20)] {
        let mut list = one_percent(entries);
        let bytes = list.bytes().to_vec();
        let mut group = criterion.benchmark_group(name);

        let mut compressor = Compressor::new(CompressionLvl::new(6).unwrap());
        let mut packed = vec![0; compressor.zlib_compress_bound(bytes.len())];
        group.bench_function("floor", |b| {
            b.iter(|| {
                let len = compressor.zlib_compress(black_box(&bytes), &mut packed).unwrap();
                key.sign(&packed[..len])
            })
        });
        let said =
            TokenClaims { uri: LIST.into(), issued_at: NOW, expires_at: None, ttl: Some(30) };
        let signed = |list: &StatusList| {
            let input = token_input(Algorithm::EdDsa, &kid, &said, list);
            let signature = key.sign(input.signing_input());
            input.finish(&signature)
        };
        group.bench_function("ours", |b| {
            b.iter(|| {
                list.set(black_box(71), Status::Invalid).unwrap();
                signed(&list)
            })
        });
        let set: Vec<(u64, Status)> = (0..entries)
            .filter_map(|index| Some((index, list.status(index).ok()?)))
            .filter(|(_, status)| *status != Status::Valid)
            .collect();
        group.bench_function("ours, from its entries", |b| {
            b.iter(|| {
                let mut list = StatusList::new(2, entries).unwrap();
                for (index, status) in black_box(&set) {
                    list.set(*index, *status).unwrap();
                }
                signed(&list)
            })
        });
        group.bench_function("bare miniz_oxide, level 6", |b| {
            b.iter(|| {
                let packed = miniz_oxide::deflate::compress_to_vec_zlib(black_box(&bytes), 6);
                key.sign(&packed)
            })
        });
        let mut kit = KitList::from_bytes(2, bytes.clone()).unwrap();
        let signer = KitSigner { key: &key, kid: &kid };
        let now = chrono::DateTime::from_timestamp(NOW.0, 0).unwrap();
        group.bench_function("identity-kit", |b| {
            b.iter(|| {
                kit.set(black_box(71), StatusType(1)).unwrap();
                let token = StatusListToken::new(LIST, now, kit.clone());
                pollster::block_on(token.sign(&signer)).unwrap()
            })
        });
    }
}

criterion_group! {
    name = benches;
    config = staff_passport_benches::short_round();
    targets = lookup, publish
}
criterion_main!(benches);
