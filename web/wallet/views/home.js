// The first page: the passport at a glance.

import { button, h, inset, link, paragraph, tag, title } from '../lib/dom.js';
import { standing } from '../lib/status-words.js';
import { plain } from '../lib/words.js';
import { by, checkList, front, now, state } from './parts.js';

export async function home(app) {
  const { t, wallet } = app;
  await wallet.noteExpired();
  const [passports, pending] = [await wallet.passports(), await wallet.pending()];
  const [first, ...others] = passports;
  return {
    title: t.home.title,
    content: [
      title(first || pending.length > 0 ? t.home.title : t.home.none),
      pending.map((one) => waiting(app, one)),
      first ? card(app, first, true) : pending.length > 0 ? null : paragraph(t.home.noneWhat, 'nhsuk-body-l'),
      others.length > 0 ? h('h2', { class: 'nhsuk-heading-m' }, t.home.other) : null,
      others.map((one) => card(app, one, false)),
      first ? null : link(t.home.receive, '#receive', 'nhsuk-button'),
    ],
    shown: () => app.refreshSoon(),
  };
}

function waiting(app, one) {
  const { t } = app;
  return h(
    'section',
    { class: 'nhsuk-card wallet-pending', 'aria-labelledby': `pending-${one.id}` },
    h(
      'div',
      { class: 'nhsuk-card__content' },
      h('h2', { class: 'nhsuk-heading-m', id: `pending-${one.id}` }, t.home.pending),
      paragraph(`${plain(one.name)}, ${by(one.issuer)}`),
      paragraph(t.home.pendingStage[one.stage]),
      link(t.home.pendingOpen, `#pending/${one.id}`, 'nhsuk-button'),
    ),
  );
}

function card(app, one, whole) {
  const { t } = app;
  const how = standing(one, now(), t);
  const reason =
    how.words === t.standing.expired
      ? t.standing.what.expired
      : how.words === t.standing.superseded
        ? t.standing.what.superseded
        : how.words === t.standing.invalid
          ? t.standing.what.invalid
          : null;
  return h(
    'article',
    { class: 'wallet-card', 'aria-labelledby': `name-${one.id}` },
    h(
      'div',
      { class: 'wallet-card__top' },
      h('p', { class: 'wallet-card__type' }, plain(one.type)),
      h('h2', { class: 'wallet-card__name', id: `name-${one.id}` }, one.name ?? t.home.unnamed),
    ),
    h(
      'div',
      { class: 'wallet-card__body' },
      one.older ? h('p', {}, tag(t.home.older, 'yellow'), ` ${t.home.olderNote}`) : null,
      state(app, one),
      reason ? inset(paragraph(reason)) : null,
      front(app, one),
      h(
        'div',
        { class: 'nhsuk-button-group' },
        how.usable ? link(t.home.show, `#show/${one.id}`, 'nhsuk-button wallet-card__show') : null,
        whole ? button(t.standing.check, (event) => app.checkNow(event.currentTarget), 'nhsuk-button--secondary') : null,
      ),
      whole ? [h('h3', { class: 'nhsuk-heading-s' }, t.home.checks), checkList(app, one.claims)] : null,
      paragraphLink(t.home.details, `#passport/${one.id}`),
    ),
  );
}

const paragraphLink = (words, href) => h('p', {}, link(words, href));
