import assert from 'node:assert/strict';
import { test } from 'node:test';

import { offerLink, txCodeFault } from '../lib/receive.js';
import { ago, checkTag, standing } from '../lib/status-words.js';
import { dates, day, forIssuer, label, moment, plain, rows, value } from '../lib/words.js';
import t from '../texts/en.js';
import { asText } from '../views/history.js';

/** Noon of 2 March 2026 in London. */
const NOW = 1_772_452_800;

test('foreign text cannot turn the reading order round', () => {
  assert.equal(plain('Amara\u202eVBR\u200b\u0007'), 'Amara\ufffdVBR\ufffd\ufffd');
  assert.equal(plain('x'.repeat(10_000)).length, 301);
});

test('days and times are London’s', () => {
  assert.equal(day(NOW), '2 March 2026');
  assert.equal(moment(1_782_950_000), '2 July 2026 at 00:53');
});

test('codes read as words and names stay', () => {
  assert.equal(value('ADULT_AND_CHILD', t), 'Adult and child');
  assert.equal(value('NMC', t), 'NMC');
  assert.equal(value('18A1234E', t), '18A1234E');
  assert.equal(value('1990-06-20', t), '20 June 1990');
  assert.equal(value('P3Y', t), '3 years');
  assert.equal(value(true, t), 'Yes');
  assert.equal(value('PREVENT', t), 'Preventing radicalisation');
});

test('members stand in the order of the type’s metadata, under its labels', () => {
  const found = rows(['identity'], { birth_date: '1990-06-20', given_name: 'Amara', personal: { portrait: 'data:x' } }, t);

  assert.deepEqual(found, [
    ['First name', 'Amara'],
    ['Date of birth', '20 June 1990'],
  ]);
  assert.equal(label(['identity', 'assurance', 'pedigree']), label(['assurance', 'pedigree']));
});

test('what ends first is the end of a check', () => {
  const found = dates({ checked_on: '2026-01-01', expires_on: '2027-03-01', inner: { valid_until: '2026-09-01' } });

  assert.deepEqual(found, { ends: '2026-09-01', looked: '2026-01-01' });
});

test('a check says how long it stands', () => {
  const of = (expires_on) => checkTag({ expires_on }, NOW, t);

  assert.deepEqual(of('2026-03-01'), { words: 'Ended 1 March 2026', colour: 'red' });
  assert.deepEqual(of('2026-03-02'), { words: 'Last day today', colour: 'yellow' });
  assert.deepEqual(of('2026-03-03'), { words: 'Ends in 1 day, 3 March 2026', colour: 'yellow' });
  assert.deepEqual(of('2026-04-02'), { words: 'Until 2 April 2026', colour: 'green' });
});

test('a registration that is suspended is never green', () => {
  const { colour } = checkTag({ status: 'SUSPENDED', expires_on: '2027-01-01' }, NOW, t);

  assert.equal(colour, 'red');
});

test('one lapsed subject shows on the training', () => {
  const records = [{ valid_until: '2026-02-01' }, { valid_until: '2028-02-01' }, {}];

  assert.deepEqual(checkTag(records, NOW, t), { words: '1 of 3 ended', colour: 'red' });
});

test('a passport past its date is not usable, whatever its status was', () => {
  const one = { claims: { exp: NOW }, status: { state: 'VALID' } };

  assert.equal(standing(one, NOW, t).usable, false);
});

test('only VALID is green', () => {
  for (const state of ['INVALID', 'SUSPENDED', 'SUPERSEDED', 7, undefined]) {
    const { colour } = standing({ claims: { exp: NOW + 1 }, status: { state } }, NOW, t);

    assert.notEqual(colour, 'green', String(state));
  }
});

test('revoked and suspended read the same', () => {
  const words = (state) => standing({ claims: { exp: NOW + 1 }, status: { state } }, NOW, t).words;

  assert.equal(words('INVALID'), words('SUSPENDED'));
});

test('age is told in words', () => {
  assert.equal(ago(NOW - 59, NOW, t), 'just now');
  assert.equal(ago(NOW - 120, NOW, t), '2 minutes ago');
  assert.equal(ago(NOW - 3 * 3600, NOW, t), '3 hours ago');
  assert.equal(ago(NOW + 500, NOW, t), 'just now');
});

test('an offer is found in every form in which it travels', () => {
  const offer = 'openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example%2Foffers%2F1';

  assert.equal(offerLink(` ${offer}\n`), offer);
  assert.equal(offerLink(offer.replace('openid-credential-offer', 'web+staffpassport')), offer);
  assert.equal(offerLink(`https://wallet.example/#offer=${encodeURIComponent(offer)}`), offer);
  assert.equal(offerLink('https://wallet.example/?credential_offer_uri=https%3A%2F%2Fissuer.example%2Foffers%2F1'), offer);
});

test('what is no offer is none', () => {
  for (const text of ['', 'hello', 'https://example.com/', 'SP0:ABC', 'javascript:alert(1)']) {
    assert.equal(offerLink(text), null, text);
  }
});

test('a transaction code that cannot be right costs no try', () => {
  const shape = { length: 6, input_mode: 'numeric' };

  assert.equal(txCodeFault(shape, ''), 'empty');
  assert.equal(txCodeFault(shape, '12345a'), 'digits');
  assert.equal(txCodeFault(shape, '12345'), 'length');
  assert.equal(txCodeFault(shape, '123456'), null);
  assert.equal(txCodeFault({ input_mode: 'text' }, 'a-b'), null);
});

test('the history can be read as a text', () => {
  const entries = [
    {
      at: NOW,
      kind: 'shown',
      passport: 'Staff passport',
      host: { ods: 'R0A', name: 'Manchester' },
      placement: { title: 'Observer' },
      objects: ['Identity', 'Training'],
      deskCode: true,
    },
    { at: NOW - 60, kind: 'rejected', passport: 'Staff passport', from: { name: 'The Christie' }, reason: 'INCORRECT', words: 'my job' },
  ];

  const text = asText(t, 'Staff passport', entries, 'today');

  assert.match(text, /2 March 2026 at 12:00 {2}Shown to Manchester\n {2}For: Observer, with a desk code\n {2}They saw: Identity and Training/);
  assert.match(text, /Rejected, offered by The Christie\n {2}Reason: Something in it is not correct: my job/);
});

test('the holder’s words reach HR though the protocol takes few characters', () => {
  assert.equal(forIssuer('I’m “senior” – Bronwên…'), "I'm 'senior' - Bronwen...");
});
