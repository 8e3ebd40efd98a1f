// When a passport is renewed without being told, and what is said of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { changed, isDue } from '../lib/renew.js';

const DAY = 24 * 3600;
const NOW = 1_800_000_000;
const one = (more = {}) => ({
  renewal: { server: 'https://issuer.example', token: 't' },
  status: { state: 'VALID' },
  claims: { exp: NOW + 80 * DAY },
  receivedAt: NOW - DAY,
  ...more,
});

test('a fresh copy is left alone', () => {
  assert.equal(isDue(one(), NOW), false);
});

test('a copy is renewed after a week, counted from the last one', () => {
  assert.equal(isDue(one({ receivedAt: NOW - 7 * DAY }), NOW), true);
  assert.equal(isDue(one({ receivedAt: NOW - 50 * DAY, renewedAt: NOW - DAY }), NOW), false);
});

test('a copy that ends within 30 days is renewed', () => {
  assert.equal(isDue(one({ claims: { exp: NOW + 30 * DAY - 1 } }), NOW), true);
});

test('a superseded copy is renewed, a suspended or revoked one is not', () => {
  assert.equal(isDue(one({ status: { state: 'SUPERSEDED' } }), NOW), true);
  for (const state of ['SUSPENDED', 'INVALID']) {
    assert.equal(isDue(one({ status: { state }, receivedAt: NOW - 60 * DAY }), NOW), false);
  }
});

test('nothing is tried twice within an hour, nor when the issuer gives no more', () => {
  const due = one({ receivedAt: NOW - 7 * DAY });
  assert.equal(isDue({ ...due, triedAt: NOW - 60 }, NOW), false);
  assert.equal(isDue({ ...due, triedAt: NOW - 3600 }, NOW), true);
  assert.equal(isDue({ ...due, renewal: { ...due.renewal, over: true } }, NOW), false);
  assert.equal(isDue({ ...due, renewal: null }, NOW), false);
});

test('what has changed is told by check', () => {
  const before = { identity: { family_name: 'Okafor' }, assignment: { job_title: 'Nurse' }, iat: 1 };
  const after = { identity: { family_name: 'Bello' }, assignment: { job_title: 'Nurse' }, work_health: {}, iat: 2 };

  assert.deepEqual(changed(before, after), ['identity', 'work_health']);
});
