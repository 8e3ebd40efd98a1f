// Lock, PIN, erasing, and what the wallet knows of the network.

import { HIDDEN_MINUTES, IDLE_MINUTES } from '../lib/auto-lock.js';
import { button, h, link, paragraph, summary, title } from '../lib/dom.js';
import { day, plain } from '../lib/words.js';
import { pinForm } from './setup.js';
import { eraseTwice, pinRefused } from './unlock.js';

export async function settings(app) {
  const { t, vault, registry } = app;
  const { kind } = await vault.lock();
  const trust = await registry.atHand().catch(() => null);
  const kept = await navigator.storage?.persisted?.();
  const network = !trust
    ? t.settings.networkNone
    : trust.expired
      ? t.settings.networkExpired(day(trust.payload.exp))
      : t.settings.networkIs(trust.payload.version, day(trust.payload.exp));
  return {
    title: t.settings.title,
    content: [
      title(t.settings.title),
      h('h2', { class: 'nhsuk-heading-m' }, t.settings.lockTitle),
      paragraph(`${t.settings.lockedBy[kind]} ${t.settings.auto(IDLE_MINUTES, HIDDEN_MINUTES)}`),
      h(
        'div',
        { class: 'nhsuk-button-group' },
        button(t.settings.lockNow, () => app.lock(false), 'nhsuk-button--secondary'),
        kind === 'pin' ? link(t.settings.changePin, '#pin', 'nhsuk-button nhsuk-button--secondary') : null,
      ),
      app.install
        ? [h('h2', { class: 'nhsuk-heading-m' }, t.settings.install), paragraph(t.settings.installWhat), button(t.settings.install, () => app.install(), 'nhsuk-button--secondary')]
        : null,
      h('h2', { class: 'nhsuk-heading-m' }, t.settings.aboutTitle),
      summary([
        [t.settings.servedBy, plain(app.config.organisation)],
        [t.settings.network, network],
        [t.settings.storage, kept ? t.settings.storageKept : t.settings.storageMay],
        app.version && [t.settings.version, app.version],
      ]),
      paragraph(t.settings.lost),
      h('h2', { class: 'nhsuk-heading-m' }, t.settings.eraseTitle),
      paragraph(t.settings.eraseWhat),
      eraseTwice(app),
    ],
  };
}

export async function changePin(app) {
  const { t, vault } = app;
  const save = async ({ old, fresh, oldField }) => {
    try {
      await vault.changePin(old, fresh);
    } catch (error) {
      const words = await pinRefused(app, error);
      if (words) oldField.say(words);
      return;
    }
    app.notice(t.pin.changed);
    app.go('#settings');
  };
  return {
    title: t.pin.changeTitle,
    content: [
      link(t.back, '#settings', 'nhsuk-back-link'),
      title(t.pin.changeTitle),
      pinForm(app, { old: true, button: t.pin.change, save }),
    ],
  };
}
