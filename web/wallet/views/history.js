// Who saw what, when; and what came and went.

import { button, h, paragraph, summary, title } from '../lib/dom.js';
import { label, moment, plain } from '../lib/words.js';

export async function history(app) {
  const { t, wallet } = app;
  const entries = await wallet.history();
  return {
    title: t.history.title,
    content: [
      title(t.history.title),
      paragraph(t.history.what),
      entries.length === 0
        ? paragraph(t.history.none)
        : [h('ol', { class: 'wallet-history' }, entries.map((entry) => row(app, entry))), button(t.history.export, () => save(app, entries), 'nhsuk-button--secondary')],
    ],
  };
}

function heading(t, { kind, host, from }) {
  return t.history[kind](plain((host ?? from).name));
}

function facts(t, { kind, placement, objects, reason, words, passport, deskCode, checks }) {
  return [
    checks?.length > 0 && [t.history.changed, t.and(checks.map((name) => label([name])))],
    kind === 'shown' && [t.history.for, plain(placement.title) + (deskCode ? `, ${t.history.deskCode}` : '')],
    kind === 'shown' && [t.history.saw, t.and(objects)],
    reason && [t.history.reason, [t.review.reasons[reason], words && plain(words)].filter(Boolean).join(': ')],
    [t.history.passport, plain(passport)],
  ].filter(Boolean);
}

function row(app, entry) {
  const { t, wallet } = app;
  const what = heading(t, entry);
  return h(
    'li',
    { class: 'wallet-history__entry' },
    h('h2', { class: 'nhsuk-heading-s' }, what),
    h('p', { class: 'wallet-history__when' }, moment(entry.at)),
    summary(facts(t, entry)),
    h(
      'button',
      {
        type: 'button',
        class: 'wallet-link-button',
        'aria-label': t.history.forgetOf(what, moment(entry.at)),
        onclick: async () => {
          await wallet.forgetHistory(entry.id);
          app.notice(t.history.forgotten);
          app.render();
        },
      },
      t.history.forget,
    ),
  );
}

/** The history as a text, newest first. */
export function asText(t, product, entries, when) {
  const one = (entry) => [
    `${moment(entry.at)}  ${heading(t, entry)}`,
    ...facts(t, entry).map(([term, words]) => `  ${term}: ${words}`),
  ];
  return [t.history.heading(product, when), '', ...entries.flatMap((entry) => [...one(entry), ''])].join('\n');
}

function save(app, entries) {
  const text = asText(app.t, app.config.product, entries, moment(Date.now() / 1000));
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  h('a', { href: address, download: app.t.history.file }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
