// Unlocking, and what happens when that fails.

import { button, field, h, paragraph, title, trouble } from '../lib/dom.js';
import { passkeySecret } from '../lib/passkey.js';
import { Destroyed, TooSoon, WrongPin } from '../lib/vault.js';
import { pinInput } from './setup.js';

export async function unlock(app) {
  const { t } = app;
  const lock = await app.vault.lock();
  return {
    title: t.unlock.title(app.config.product),
    bare: true,
    content: [
      title(t.unlock.title(app.config.product)),
      app.lockedItself ? paragraph(t.unlock.locked) : null,
      lock.kind === 'pin' ? byPin(app) : byPasskey(app, lock),
      h(
        'details',
        { class: 'nhsuk-details' },
        h('summary', { class: 'nhsuk-details__summary' }, h('span', { class: 'nhsuk-details__summary-text' }, t.unlock.forgot)),
        h('div', { class: 'nhsuk-details__text' }, paragraph(t.unlock.forgotWhat), eraseTwice(app)),
      ),
    ],
  };
}

/** A button that erases everything when it is pressed and confirmed. */
export function eraseTwice(app) {
  const { t } = app;
  const room = h('div');
  const ask = () => {
    const sure = h('h3', { class: 'nhsuk-heading-s', tabindex: '-1' }, t.settings.eraseSure);
    room.replaceChildren(
      sure,
      h(
        'div',
        { class: 'nhsuk-button-group' },
        button(t.settings.eraseYes, () => app.erase(), 'nhsuk-button--warning'),
        button(t.settings.eraseNo, first, 'nhsuk-button--secondary'),
      ),
    );
    sure.focus();
  };
  const first = () => room.replaceChildren(button(t.settings.erase, ask, 'nhsuk-button--warning'));
  first();
  return room;
}

/** What a failed PIN says beside its field; nothing when it was something else. */
export async function pinRefused(app, error) {
  const { t } = app;
  if (error instanceof WrongPin) return error.left === 1 ? t.unlock.last : t.unlock.wrong(error.left);
  if (error instanceof TooSoon) return t.unlock.wait(error.seconds);
  if (error instanceof Destroyed) {
    app.show(destroyed(app));
    return null;
  }
  throw error;
}

function byPin(app) {
  const { t } = app;
  const pin = field({ ...pinInput, id: 'pin', label: t.unlock.pin });
  const state = h('p', { role: 'status' });
  const go = h('button', { class: 'nhsuk-button', type: 'submit' }, t.unlock.button);
  const submit = async (event) => {
    event.preventDefault();
    const entered = pin.input.value;
    pin.say(entered ? null : t.unlock.empty);
    if (!entered) return;
    go.disabled = true;
    state.textContent = t.unlock.checking;
    await app.painted();
    try {
      await app.vault.openWithPin(entered);
      await app.unlocked();
    } catch (error) {
      pin.input.value = '';
      const words = await pinRefused(app, error);
      if (words) pin.say(words);
    } finally {
      go.disabled = false;
      state.textContent = '';
    }
  };
  return h('form', { onsubmit: submit, novalidate: true }, pin.group, go, state);
}

function byPasskey(app, lock) {
  const { t } = app;
  const said = h('div');
  const go = button(t.unlock.passkey, async () => {
    go.disabled = true;
    said.replaceChildren();
    try {
      await app.vault.openWithPasskey(await passkeySecret(lock));
      await app.unlocked();
    } catch (error) {
      said.replaceChildren(trouble(t.faultTitle, t.unlock.cancelled));
      said.firstChild.focus();
      console.warn(error);
    } finally {
      go.disabled = false;
    }
  });
  return h('div', {}, said, go);
}

function destroyed(app) {
  const { t } = app;
  return {
    title: t.destroyed.title,
    bare: true,
    content: [
      title(t.destroyed.title),
      paragraph(t.destroyed.what),
      paragraph(t.destroyed.next),
      button(t.destroyed.button, () => location.reload()),
    ],
  };
}
