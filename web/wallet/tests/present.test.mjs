import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { test } from 'node:test';

import { newHolderKey } from '../lib/holder-key.js';
import { code, placements, plan } from '../lib/present.js';

globalThis.crypto ??= webcrypto;

/** Stands for the wasm, with codes of a given length. */
function wasm(length) {
  const seen = [];
  const credential = {
    disclosable: () => JSON.stringify([['identity'], ['core_skills']]),
    present: (paths, alg, audience, nonce) => {
      seen.push({ paths, alg, audience, nonce });
      return { signingInput: () => new Uint8Array([1]), finish: (signature) => `signed ${signature.length}` };
    },
  };
  const vc = {
    encodeQr: () => 'A'.repeat(length),
    splitQr: (text, chars) => JSON.stringify(text.match(new RegExp(`.{1,${chars}}`, 'g'))),
    shippedRequirements: () => JSON.stringify([{ kind: 'OBSERVER', staff_group: 'ANY', title: 'Observer' }]),
  };
  return { vc, credential, seen };
}

const show = async (length, deskCode) => {
  const { vc, credential, seen } = wasm(length);
  const key = await newHolderKey(['EdDSA', 'ES256']);
  const texts = await code(vc, credential, { paths: [['identity']], ods: 'R0A', deskCode, key });
  return { texts, seen };
};

test('what fits one code is one, what does not comes in parts', async () => {
  assert.equal((await show(1853)).texts.length, 1);
  assert.equal((await show(1854)).texts.length, 2);
});

test('every code is for one host, with a nonce of its own', async () => {
  const first = await show(10);
  const second = await show(10);

  assert.equal(first.seen[0].audience, 'ods:R0A');
  assert.match(first.seen[0].nonce, /^[A-Za-z0-9_-]{22}$/);
  assert.notEqual(first.seen[0].nonce, second.seen[0].nonce);
});

test('a desk code is signed behind the nonce', async () => {
  const { seen } = await show(10, '429950');

  assert.match(seen[0].nonce, /^[A-Za-z0-9_-]{22}\.429950$/);
});

test('what is asked and not held is told apart', () => {
  const asked = [{ path: ['identity'] }, { path: ['work_health'] }, { path: ['identity', 'personal'] }];

  const { shown, missing } = plan(wasm(1).credential, asked);

  assert.deepEqual(shown, [asked[0]]);
  assert.deepEqual(missing, [asked[1], asked[2]]);
});

test('a staff group’s own placement stands before the one for everybody', async () => {
  const list = [
    { kind: 'OBSERVER', staff_group: 'ANY' },
    { kind: 'OBSERVER', staff_group: 'MEDICAL_AND_DENTAL' },
    { kind: 'NURSING', staff_group: 'NURSING_AND_MIDWIFERY_REGISTERED' },
  ];
  globalThis.fetch = async () => new Response(JSON.stringify({ requirements: list }), { headers: { 'content-type': 'application/json' } });

  const found = await placements(wasm(1).vc, { verifier: { url: 'https://mft.example/' } }, 'MEDICAL_AND_DENTAL');

  assert.deepEqual(found, { own: true, list: [list[1]] });
});

test('a host that cannot be asked leaves the shipped placements', async () => {
  globalThis.fetch = async () => {
    throw new TypeError('no network');
  };

  const { own, list } = await placements(wasm(1).vc, { verifier: { url: 'https://mft.example' } }, 'MEDICAL_AND_DENTAL');

  assert.equal(own, false);
  assert.equal(list[0].kind, 'OBSERVER');
});

test('holder keys cannot be taken away, and P-256 stands in for a missing Ed25519', async () => {
  const modern = await newHolderKey(['EdDSA', 'ES256']);
  const old = await newHolderKey(['ES256']);

  assert.deepEqual([modern.alg, old.alg], ['EdDSA', 'ES256']);
  for (const { pair } of [modern, old]) assert.equal(pair.privateKey.extractable, false);
  assert.equal(JSON.parse(old.jwk).d, undefined);
});
