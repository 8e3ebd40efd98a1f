// Setting up: how the wallet is unlocked, then the lock itself.

import { button, choices, field, h, paragraph, title, trouble } from '../lib/dom.js';
import { PasskeyError, createPasskey, passkeyPossible } from '../lib/passkey.js';
import { MAX_PIN, MIN_PIN, pinFault } from '../lib/vault.js';

export async function setup(app) {
  const { t } = app;
  if (!(await passkeyPossible())) return choosePin(app);

  const said = h('div');
  const how = choices({
    name: 'lock',
    legend: t.setup.how,
    items: [
      { value: 'passkey', label: t.setup.passkey, hint: t.setup.passkeyHint, checked: true },
      { value: 'pin', label: t.setup.pin, hint: t.setup.pinHint },
    ],
  });
  const go = h('button', { class: 'nhsuk-button', type: 'submit' }, t.goOn);
  const submit = async (event) => {
    event.preventDefault();
    if (how.value === 'pin') return app.show(choosePin(app));
    if (!how.value) return how.say(t.setup.choose);
    go.disabled = true;
    try {
      await app.vault.createWithPasskey(await createPasskey(app.config.product));
      return app.unlocked();
    } catch (error) {
      if (!(error instanceof PasskeyError)) throw error;
      const { what, next } = t.troubles[`passkey-${error.reason}`];
      said.replaceChildren(trouble(what, next));
      said.firstChild.focus();
    } finally {
      go.disabled = false;
    }
  };
  return {
    title: t.setup.title(app.config.product),
    bare: true,
    content: [...intro(app), said, h('form', { onsubmit: submit, novalidate: true }, how.group, go)],
  };
}

const intro = (app) => [
  title(app.t.setup.title(app.config.product)),
  paragraph(app.link ? app.t.setup.offer : app.t.setup.intro, 'nhsuk-body-l'),
];

function choosePin(app) {
  const { t } = app;
  return {
    title: t.pin.chooseTitle,
    bare: true,
    content: [
      ...intro(app),
      h('h2', { class: 'nhsuk-heading-m' }, t.pin.chooseTitle),
      pinForm(app, {
        button: t.pin.save,
        save: async ({ fresh }) => {
          await app.vault.createWithPin(fresh);
          await app.unlocked();
        },
      }),
    ],
  };
}

const pinInput = { type: 'password', inputmode: 'numeric', autocomplete: 'off', maxlength: MAX_PIN, class: 'nhsuk-input nhsuk-input--width-10' };

/** Form for a new PIN, twice, and the old one when it is changed. */
export function pinForm(app, { old = false, button: words, save }) {
  const { t } = app;
  const before = old ? field({ ...pinInput, id: 'old-pin', label: t.pin.old }) : null;
  const fresh = field({ ...pinInput, id: 'new-pin', label: old ? t.pin.fresh : t.pin.label, hint: t.pin.hint(MIN_PIN, MAX_PIN) });
  const again = field({ ...pinInput, id: 'again-pin', label: t.pin.again });
  const state = h('p', { role: 'status' });
  const go = h('button', { class: 'nhsuk-button', type: 'submit' }, words);
  const submit = async (event) => {
    event.preventDefault();
    for (const one of [before, fresh, again]) one?.say(null);
    if (before && !before.input.value) return before.say(t.unlock.empty);
    const fault = pinFault(fresh.input.value);
    if (fault) return fresh.say(fault === 'form' ? t.pin.form(MIN_PIN, MAX_PIN) : t.pin.easy);
    if (fresh.input.value !== again.input.value) return again.say(t.pin.differ);
    go.disabled = true;
    state.textContent = t.setup.working;
    await app.painted();
    try {
      await save({ old: before?.input.value, fresh: fresh.input.value, oldField: before });
    } finally {
      go.disabled = false;
      state.textContent = '';
    }
  };
  return h(
    'form',
    { onsubmit: submit, novalidate: true },
    h('div', { class: 'wallet-warning' }, paragraph(t.pin.warning)),
    before?.group,
    fresh.group,
    again.group,
    go,
    state,
  );
}

export { pinInput };
