import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { test } from 'node:test';

import { Destroyed, MAX_WRONG, PIN_COST, TooSoon, Vault, WrongPin, pinFault } from '../lib/vault.js';
import { Memory } from './memory.mjs';

globalThis.crypto ??= webcrypto;

const PIN = '270519';
const OTHER = '862041';

/** Stands for argon2id, which the wasm has; counts what it costs. */
async function stretch(pin, salt, cost) {
  stretch.costs.push(cost);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', Buffer.concat([Buffer.from(pin), salt])));
}
stretch.costs = [];

function vaultOver(database, at = { ms: 1_000_000 }) {
  return { vault: new Vault(database, { stretch, now: () => at.ms }), at };
}

async function withPin() {
  const database = new Memory();
  const { vault, at } = vaultOver(database);
  await vault.createWithPin(PIN);
  await vault.write([['passport:1', { name: 'Amara Okafor' }]]);
  return { database, vault, at };
}

/** Wrong PINs, each after its pause. */
async function guessWrong(vault, at, times) {
  let last;
  for (let turn = 0; turn < times; turn += 1) {
    at.ms += 61_000;
    last = await vault.openWithPin(OTHER).catch((error) => error);
  }
  return last;
}

test('the PIN opens what it locked', async () => {
  const { vault } = await withPin();

  vault.close();
  await vault.openWithPin(PIN);

  assert.deepEqual(await vault.read('passport:1'), { name: 'Amara Okafor' });
});

test('a locked vault gives nothing', async () => {
  const { vault } = await withPin();

  vault.close();

  await assert.rejects(vault.read('passport:1'));
  await assert.rejects(vault.list('passport:'));
  await assert.rejects(vault.write([['passport:2', {}]]));
});

test('nothing is at rest in the clear', async () => {
  const { database } = await withPin();

  const sealed = Buffer.from(database.tables.sealed.get('passport:1').data);

  assert.equal(sealed.includes('Amara'), false);
  assert.equal(JSON.stringify([...database.tables.meta]).includes(PIN), false);
});

test('a PIN is stretched at the cost that is written down', async () => {
  stretch.costs.length = 0;

  await withPin();

  assert.deepEqual(stretch.costs, [PIN_COST]);
  assert.ok(PIN_COST.memoryKib >= 64 * 1024 && PIN_COST.passes >= 3);
});

test('a sealed record cannot stand for another', async () => {
  const { database, vault } = await withPin();

  database.tables.sealed.set('passport:2', database.tables.sealed.get('passport:1'));

  await assert.rejects(vault.read('passport:2'));
});

test('a record that was changed at rest is refused', async () => {
  const { database, vault } = await withPin();

  database.tables.sealed.get('passport:1').data[3] ^= 1;

  await assert.rejects(vault.read('passport:1'));
});

test('a wrong PIN says how many tries are left', async () => {
  const { vault, at } = await withPin();

  const refused = await guessWrong(vault, at, 2);

  assert.ok(refused instanceof WrongPin);
  assert.equal(refused.left, MAX_WRONG - 2);
});

test('tries are slowed', async () => {
  const { vault, at } = await withPin();
  await guessWrong(vault, at, 2);

  at.ms += 1_000;
  const refused = await vault.openWithPin(PIN).catch((error) => error);

  assert.ok(refused instanceof TooSoon);
  assert.equal(refused.seconds, 4);
});

test('a try too soon is not counted', async () => {
  const { vault, at } = await withPin();
  await guessWrong(vault, at, 2);
  await vault.openWithPin(OTHER).catch(() => {});

  const refused = await guessWrong(vault, at, 1);

  assert.equal(refused.left, MAX_WRONG - 3);
});

test('the fifth wrong PIN destroys everything', async () => {
  const { database, vault, at } = await withPin();

  const refused = await guessWrong(vault, at, MAX_WRONG);

  assert.ok(refused instanceof Destroyed);
  assert.deepEqual(Object.values(database.tables).map(({ size }) => size), [0, 0, 0]);
});

test('the right PIN forgives the wrong ones before it', async () => {
  const { vault, at } = await withPin();
  await guessWrong(vault, at, MAX_WRONG - 1);

  at.ms += 61_000;
  await vault.openWithPin(PIN);
  const refused = await guessWrong(vault, at, 1);

  assert.equal(refused.left, MAX_WRONG - 1);
});

test('breaking off the last try does not give another', async () => {
  const { database, vault, at } = await withPin();
  await guessWrong(vault, at, MAX_WRONG - 1);
  const broken = new Vault(database, { stretch: () => Promise.reject(new Error('closed')), now: () => at.ms + 61_000 });
  await broken.openWithPin(OTHER).catch(() => {});

  const refused = await guessWrong(vault, at, 1);

  assert.ok(refused instanceof Destroyed);
  assert.equal(database.tables.sealed.size, 0);
});

test('a clock that was set back does not lock out for ever', async () => {
  const { vault, at } = await withPin();
  await guessWrong(vault, at, 3);

  at.ms -= 86_400_000;
  await vault.openWithPin(PIN);

  assert.ok(vault.isOpen);
});

test('a changed PIN opens, the old one does not', async () => {
  const { vault } = await withPin();

  await vault.changePin(PIN, OTHER);
  vault.close();

  await assert.rejects(vault.openWithPin(PIN), WrongPin);
  await vault.openWithPin(OTHER);
  assert.deepEqual(await vault.read('passport:1'), { name: 'Amara Okafor' });
});

test('changing the PIN with a wrong one counts as a try', async () => {
  const { vault } = await withPin();

  const refused = await vault.changePin(OTHER, '903175').catch((error) => error);

  assert.ok(refused instanceof WrongPin);
  assert.equal((await vault.lock()).wrong, 1);
});

test('the PIN alone does not open a copied store', async () => {
  const { database } = await withPin();
  const device = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  database.tables.keys.set('device', device);

  const { vault } = vaultOver(database);

  await assert.rejects(vault.openWithPin(PIN), WrongPin);
});

test('the key that binds a PIN to the browser is not given away', async () => {
  const { database } = await withPin();

  const device = database.tables.keys.get('device');

  assert.equal(device.extractable, false);
});

test('a passkey opens what it locked, another does not', async () => {
  const { vault } = vaultOver(new Memory());
  const secret = new Uint8Array(32).fill(7);
  await vault.createWithPasskey({ credentialId: new Uint8Array([1]), prfSalt: new Uint8Array(32), secret });
  await vault.write([['history:1', { kind: 'shown' }]]);
  vault.close();

  await assert.rejects(vault.openWithPasskey(new Uint8Array(32).fill(8)));
  await vault.openWithPasskey(secret);

  assert.deepEqual(await vault.list('history:'), [['history:1', { kind: 'shown' }]]);
});

test('easy PINs are not taken', () => {
  for (const pin of ['000000', '123456', '987654', '121212', '123123', '90123456']) {
    assert.equal(pinFault(pin), 'easy', pin);
  }
  for (const pin of ['12345', '1234567890123', '12a456', '']) assert.equal(pinFault(pin), 'form', pin);
  for (const pin of [PIN, OTHER, '112358']) assert.equal(pinFault(pin), null, pin);
});
