import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { Registry } from '../lib/registry.js';
import { Memory } from './memory.mjs';

const WEEK = 7 * 24 * 3600;
const CONFIG = { registry: 'https://registry.example/trust-registry.json', operators: [{ kid: 'a' }], threshold: 1 };
const now = () => Math.floor(Date.now() / 1000);

/** Stands for the wasm: a document is its payload, and `forged` marks a bad signature. */
const vc = {
  Registry: {
    verify(document, operators, threshold, last, at) {
      const payload = JSON.parse(document);
      if (payload.forged) throw new Error('not enough operators signed');
      if (at > payload.exp) throw new Error('the registry has expired');
      if (last !== undefined && payload.version < last) throw new Error('rollback');
      return { payload: () => document };
    },
  },
};

const organisations = [
  { ods: 'RBV', name: 'The Christie', state: 'active', issuer: { url: 'https://christie.example/issuer' } },
  { ods: 'R0A', name: 'Manchester', state: 'active', verifier: { url: 'https://mft.example' } },
  { ods: 'RMC', name: 'Bolton', state: 'suspended', verifier: { url: 'https://bolton.example' }, issuer: { url: 'https://bolton.example' } },
];
const published = (version, more) => JSON.stringify({ version, iat: now(), exp: now() + WEEK, organisations, ...more });

const web = { answer: null, asked: [] };

beforeEach(() => {
  web.asked = [];
  globalThis.fetch = async (url, { headers }) => {
    web.asked.push(headers);
    if (web.answer instanceof Error) throw web.answer;
    return web.answer;
  };
});

const serves = (document, etag = '"1"') => {
  web.answer = new Response(document, { headers: { 'content-type': 'application/json', etag } });
};
const unreachable = () => {
  web.answer = new TypeError('no network');
};

test('what was fetched is kept for when nobody can be reached', async () => {
  const database = new Memory();
  serves(published(3));
  await new Registry(vc, database, CONFIG).current();

  unreachable();
  const trust = await new Registry(vc, database, CONFIG).inForce();

  assert.equal(trust.payload.version, 3);
  assert.equal(trust.expired, false);
});

test('an older version is refused, and the newer copy stays', async () => {
  const database = new Memory();
  serves(published(3));
  await new Registry(vc, database, CONFIG).current();

  serves(published(2));
  const again = new Registry(vc, database, CONFIG);

  await assert.rejects(again.current(), { code: 'registry' });
  assert.equal((await again.atHand()).payload.version, 3);
});

test('a document without the operators’ signatures is refused', async () => {
  serves(published(1, { forged: true }));

  await assert.rejects(new Registry(vc, new Memory(), CONFIG).current(), { code: 'registry' });
});

test('what is known is asked for by its tag', async () => {
  const database = new Memory();
  serves(published(3), '"three"');
  await new Registry(vc, database, CONFIG).current();

  web.answer = new Response(null, { status: 304 });
  const trust = await new Registry(vc, database, CONFIG).current();

  assert.equal(web.asked.at(-1)['if-none-match'], '"three"');
  assert.equal(trust.payload.version, 3);
});

test('past its date a copy names hosts, and nothing is received under it', async () => {
  const database = new Memory();
  serves(published(3));
  await new Registry(vc, database, CONFIG).current();
  const kept = database.tables.meta.get('registry');
  kept.document = published(3, { exp: now() - 1 });
  kept.fetchedAt = now() - WEEK;

  unreachable();
  const later = new Registry(vc, database, CONFIG);

  assert.equal((await later.current()).hosts.length, 1);
  await assert.rejects(later.inForce(), { code: 'registry-expired' });
});

test('a copy of another network is none of ours', async () => {
  const database = new Memory();
  serves(published(3));
  await new Registry(vc, database, CONFIG).current();

  unreachable();
  const other = new Registry(vc, database, { ...CONFIG, operators: [{ kid: 'b' }] });

  assert.equal(await other.current(), null);
});

test('only active trusts are hosts, and only their issuers’ addresses are asked', async () => {
  serves(published(3));
  const trust = await new Registry(vc, new Memory(), CONFIG).current();

  assert.deepEqual(trust.hosts.map(({ ods }) => ods), ['R0A']);
  assert.equal(trust.mayAsk('https://christie.example/offers/1'), true);
  assert.equal(trust.mayAsk('https://bolton.example/offers/1'), false);
  assert.equal(trust.mayAsk('https://christie.example.evil.example/offers/1'), false);
});
