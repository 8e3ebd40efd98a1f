// What several pages show of a passport.

import { h, paragraph, summary, tag } from '../lib/dom.js';
import { ago, checkTag, standing } from '../lib/status-words.js';
import { CHECKS, day, dayWords, label, plain, rows, value } from '../lib/words.js';

export const now = () => Math.floor(Date.now() / 1000);

/** The state of a passport as a tag, and when it was checked. */
export function state(app, one) {
  const { t } = app;
  const { words, colour } = standing(one, now(), t);
  const checked = one.status
    ? (navigator.onLine ? t.standing.checked : t.standing.offlineChecked)(ago(one.status.checkedAt, now(), t))
    : t.standing.never;
  return h('p', { class: 'wallet-state' }, tag(words, colour), h('span', { class: 'wallet-state__when' }, ` ${checked}`));
}

/** Name, employer, job, dates: what one looks for first. */
export function front(app, one) {
  const { t } = app;
  const { claims } = one;
  const job = claims.assignment;
  const face = claims.identity?.personal?.portrait;
  return [
    face ? h('img', { class: 'wallet-portrait', src: face, alt: t.passport.portrait(one.name ?? '') }) : null,
    summary([
      claims.identity?.birth_date && [t.passport.born, dayWords(claims.identity.birth_date)],
      [t.passport.employer, plain(claims.employer?.name ?? one.issuer.name)],
      job && [t.passport.job, plain(job.job_title ?? job.job_role)],
      [t.passport.validUntil, day(claims.exp)],
    ]),
  ];
}

/** Every check with its tag, in one list. */
export function checkList(app, claims) {
  return h(
    'ul',
    { class: 'wallet-checks' },
    CHECKS.filter((name) => claims[name]).map((name) => {
      const { words, colour } = checkTag(claims[name], now(), app.t);
      return h('li', {}, h('span', { class: 'wallet-checks__name' }, label([name])), tag(words, colour));
    }),
  );
}

/** Every check with all that it says. */
export function checkDetails(app, claims) {
  return CHECKS.filter((name) => claims[name]).map((name) => {
    const found = claims[name];
    const { words, colour } = checkTag(found, now(), app.t);
    return h(
      'section',
      { class: 'nhsuk-card wallet-check', 'aria-labelledby': `check-${name}` },
      h(
        'div',
        { class: 'nhsuk-card__content' },
        h('h2', { class: 'nhsuk-card__heading nhsuk-heading-m', id: `check-${name}` }, label([name])),
        h('p', {}, tag(words, colour)),
        Array.isArray(found) ? skills(app, found) : summary(rows([name], found, app.t)),
      ),
    );
  });
}

function skills(app, records) {
  const { t } = app;
  return h(
    'ul',
    { class: 'wallet-checks' },
    records.map((record) => {
      const what = record.subject ? value(record.subject, t) : value(record, t);
      const level = record.level ? `, ${t.checks.level(record.level)}` : '';
      const { words, colour } = record.valid_until
        ? checkTag(record, now(), t)
        : { words: t.checks.forGood, colour: 'grey' };
      return h('li', {}, h('span', { class: 'wallet-checks__name' }, `${what}${level}`), tag(words, colour));
    }),
  );
}

/** How the employer checked, folded. */
export function assurance(app, claims) {
  if (!claims.assurance) return null;
  return h(
    'details',
    { class: 'nhsuk-details' },
    h(
      'summary',
      { class: 'nhsuk-details__summary' },
      h('span', { class: 'nhsuk-details__summary-text' }, app.t.passport.assurance),
    ),
    h('div', { class: 'nhsuk-details__text' }, summary(rows(['assurance'], claims.assurance, app.t))),
  );
}

export const by = (issuer) => `${plain(issuer.name)} (${plain(issuer.ods)})`;

/** What to do about a trouble, with a button that tries again. */
export function troubleWords(app, error) {
  const { what, next } = app.t.troubles[error.code] ?? app.t.troubles.unknown;
  return [what, paragraph(next), error.message && error.message !== error.code ? detail(app, error.message) : null];
}

function detail(app, message) {
  return h(
    'details',
    { class: 'nhsuk-details' },
    h('summary', { class: 'nhsuk-details__summary' }, h('span', { class: 'nhsuk-details__summary-text' }, app.t.broken.detail)),
    h('div', { class: 'nhsuk-details__text' }, plain(message)),
  );
}
