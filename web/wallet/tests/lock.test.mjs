import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HIDDEN_MINUTES, IDLE_MINUTES, autoLock } from '../lib/auto-lock.js';

const MINUTE = 60_000;

function wallet() {
  const page = new EventTarget();
  page.hidden = false;
  const at = { ms: 0 };
  const state = { locked: 0 };
  const timer = autoLock({
    isOpen: () => state.locked === 0,
    lock: () => {
      state.locked += 1;
    },
    now: () => at.ms,
    page,
  });
  const hide = (hidden) => {
    page.hidden = hidden;
    page.dispatchEvent(new Event('visibilitychange'));
  };
  return { page, at, state, timer, hide };
}

test('a wallet that nobody touches locks itself', (context) => {
  const { at, state, timer } = wallet();
  context.after(timer.stop);

  at.ms = IDLE_MINUTES * MINUTE - 1;
  timer.look();
  assert.equal(state.locked, 0);

  at.ms += 1;
  timer.look();
  assert.equal(state.locked, 1);
});

test('a touch begins the time anew', (context) => {
  const { page, at, state, timer } = wallet();
  context.after(timer.stop);

  at.ms = 4 * MINUTE;
  page.dispatchEvent(new Event('pointerdown'));
  at.ms = 8 * MINUTE;
  timer.look();

  assert.equal(state.locked, 0);
});

test('a touch after the time comes too late', (context) => {
  const { page, at, state, timer } = wallet();
  context.after(timer.stop);

  at.ms = 60 * MINUTE;
  page.dispatchEvent(new Event('keydown'));

  assert.equal(state.locked, 1);
});

test('a wallet out of sight is locked when it is seen again, though its timers slept', (context) => {
  const { at, state, timer, hide } = wallet();
  context.after(timer.stop);

  hide(true);
  at.ms = HIDDEN_MINUTES * MINUTE;
  hide(false);

  assert.equal(state.locked, 1);
});

test('a short look away locks nothing', (context) => {
  const { at, state, timer, hide } = wallet();
  context.after(timer.stop);

  hide(true);
  at.ms = HIDDEN_MINUTES * MINUTE - 1;
  hide(false);

  assert.equal(state.locked, 0);
});
