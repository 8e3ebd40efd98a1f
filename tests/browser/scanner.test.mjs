// The scan page's parts that need no browser.
import assert from 'node:assert/strict';
import test from 'node:test';

import { FRESH, ask } from '../../web/assets/scanner/ask.js';
import { reason } from '../../web/assets/scanner/camera.js';
import { Parts, fingerprint, isCode, part, trimmed } from '../../web/assets/scanner/codes.js';
import { views } from '../../web/assets/scanner/views.js';
import { Wedge } from '../../web/assets/scanner/wedge.js';

/** Types a text with `gap` milliseconds between keys; what the last key gave, and how many were taken. */
function type(wedge, text, gap, start = 1000) {
  let at = start;
  let taken = 0;
  let last;
  for (const key of [...text, 'Enter']) {
    last = wedge.press(key, at);
    taken += last.taken ? 1 : 0;
    at += gap;
  }
  return { ...last, taken };
}

test('a fast run with a prefix is a code, spaces and symbols included', () => {
  const code = 'SP1A:6B $%*+-./: 0 END';

  const typed = type(new Wedge(), code, 5);

  assert.equal(typed.code, code);
  assert.equal(typed.taken, code.length - 'SP1A:'.length + 1);
});

test('parts and the plain form are codes too', () => {
  for (const code of ['SP0:ABCDEFGHIJ', 'SPP:A1/1/3:ABCDEF']) {
    assert.equal(type(new Wedge(), code, 5).code, code);
  }
});

test('what a person types is left alone', () => {
  const typed = type(new Wedge(), 'SP0:ABCDEFGHIJKLM', 150);

  assert.equal(typed.code, undefined);
  assert.equal(typed.taken, 0);
});

test('another barcode of a fast scanner is left alone', () => {
  const typed = type(new Wedge(), '5012345678900', 5);

  assert.deepEqual(typed, { taken: 0 });
});

test('letters before the code do not hide it, and shift is no letter', () => {
  const wedge = new Wedge();
  type(wedge, 'SSP', 5);
  for (const key of ['x', 'S', 'S', 'Shift']) wedge.press(key, 2000);

  const typed = type(wedge, 'P0:ABCDEFGHIJ', 5, 2001);

  assert.equal(typed.code, 'SP0:ABCDEFGHIJ');
});

test('caps lock turns letters round and the code stays the same', () => {
  assert.equal(type(new Wedge(), 'sp0:abcdefghij', 5).code, 'SP0:ABCDEFGHIJ');
});

test('a computer that holds keys up does not lose a code', () => {
  const wedge = new Wedge();
  for (const [at, key] of [...'SP0:ABCD'].entries()) wedge.press(key, 1000 + at);
  for (const [at, key] of [...'EFGHIJ'].entries()) wedge.press(key, 1600 + at);

  assert.equal(wedge.press('Enter', 2000).code, 'SP0:ABCDEFGHIJ');
});

test('a pause ends a run', () => {
  const wedge = new Wedge();
  for (const [at, key] of [...'SP0:ABCDEFGH'].entries()) wedge.press(key, 1000 + at);

  const typed = wedge.press('Enter', 5000);

  assert.deepEqual(typed, { taken: false });
});

test('parts come in any order and any number of times', () => {
  const parts = new Parts();

  assert.deepEqual(parts.add('SPP:AB/3/3:C'), { have: 1, of: 3, isNew: true });
  assert.deepEqual(parts.add('SPP:AB/3/3:C'), { have: 1, of: 3, isNew: false });
  parts.add('SPP:AB/1/3:A ');
  const whole = parts.add('SPP:AB/2/3:B');

  assert.deepEqual(whole.codes, ['SPP:AB/1/3:A ', 'SPP:AB/2/3:B', 'SPP:AB/3/3:C']);
});

test('a part of another sequence begins anew', () => {
  const parts = new Parts();
  parts.add('SPP:AB/1/2:A');

  assert.equal(parts.add('SPP:CD/1/2:A').have, 1);
  assert.equal(parts.add('SPP:CD/2/2:B').codes.length, 2);
});

test('a part that says something else than before is not relied on', () => {
  const parts = new Parts();
  parts.add('SPP:AB/1/3:A');
  parts.add('SPP:AB/2/3:B');

  assert.equal(parts.add('SPP:AB/2/3:X').have, 1);
});

test('a part has a number within its sequence', () => {
  for (const bad of ['SPP:AB/0/2:A', 'SPP:AB/3/2:A', 'SPP:AB/1/65:A', 'SPP:AB/01/2:A', 'SPP:ab/1/2:A', 'SPP:AB/1/2:']) {
    assert.equal(part(bad), null, bad);
  }
});

test('only passport codes are for this page', () => {
  for (const code of ['SP0:A', 'SP1A:A', 'SP2B:A', 'SPP:A/1/2:A', 'eyJ0.e30.AA~WyJ']) assert.ok(isCode(code), code);
  for (const other of ['https://example.org', 'SP1:A', 'SPAM', 'ey', '']) assert.ok(!isCode(other), other);
});

test('a space at the end of a code stays', () => {
  assert.equal(trimmed('\r\nSP0:A \t\n'), 'SP0:A ');
});

test('fingerprints tell codes apart', () => {
  const all = new Set(Array.from({ length: 2000 }, (_, at) => fingerprint(`SP0:${at}`)));

  assert.equal(all.size, 2000);
  assert.equal(fingerprint('SP0:1'), fingerprint('SP0:1'));
});

test('a picture is looked at whole, in its middle, and smaller', () => {
  const [whole, middle, half] = views(1280, 720);

  assert.deepEqual(whole, { x: 0, y: 0, width: 1280, height: 720, scale: 1 });
  assert.deepEqual(middle, { x: 352, y: 72, width: 576, height: 576, scale: 1 });
  assert.equal(half.scale, 0.5);
  for (const view of views(8000, 6000)) assert.ok(view.width * view.scale <= 2560);
});

test('why there is no camera is told in a sentence of its own', () => {
  assert.equal(reason({ name: 'NotAllowedError' }), 'camera-refused');
  assert.equal(reason({ name: 'NotFoundError' }), 'camera-none');
  assert.equal(reason({ name: 'NotReadableError' }), 'camera-busy');
  assert.equal(reason(new Error('?')), 'camera-unknown');
});

/** A world whose service gives these answers in turn, and whose clock only waiting moves. */
function world(...answers) {
  let now = 0;
  const seen = { asked: 0, now: () => now };
  return Object.assign(seen, {
    performance: { now: () => now },
    setTimeout: (resolve, pause) => {
      now += pause;
      resolve();
    },
    fetch: async () => {
      seen.asked += 1;
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
}

const answered = (status, headers = {}, body = '') => new Response(body, { status, headers });
const lost = new TypeError('network');

test('a verdict is what the service says is one', async () => {
  const here = world(answered(200, { 'x-fragment': 'verdict' }, '<article>'));

  assert.deepEqual(await ask('/desk/scan', {}, { seenAt: 0, world: here }), { kind: 'verdict', html: '<article>' });
});

test('a page in its place is none', async () => {
  const here = world(answered(200, {}, '<!doctype html>'));

  assert.equal((await ask('/desk/scan', {}, { seenAt: 0, world: here })).kind, 'failed');
});

test('a lost network is tried again, and the verdict comes', async () => {
  const here = world(lost, answered(503, { 'retry-after': '1' }), answered(200, { 'x-fragment': 'verdict' }));
  const said = [];

  const answer = await ask('/desk/scan', {}, { seenAt: 0, world: here, onRetry: (kind) => said.push(kind) });

  assert.equal(answer.kind, 'verdict');
  assert.equal(here.asked, 3);
  assert.deepEqual(said, ['unreachable', 'busy']);
});

test('nobody asks about a code that is too old by now', async () => {
  const here = world(lost);

  const answer = await ask('/desk/scan', {}, { seenAt: 0, world: here });

  assert.deepEqual(answer, { kind: 'unreachable' });
  assert.ok(here.now() <= FRESH);
  assert.ok(here.asked > 5);
});

test('a session that ended is not tried again', async () => {
  const here = world(answered(401));

  assert.equal((await ask('/desk/scan', {}, { seenAt: 0, world: here })).kind, 'signed-out');
  assert.equal(here.asked, 1);
});

test('a form that is too old is not tried again', async () => {
  const here = world(answered(403));

  assert.equal((await ask('/desk/scan', {}, { seenAt: 0, world: here })).kind, 'page-old');
  assert.equal(here.asked, 1);
});
