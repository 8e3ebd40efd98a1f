// What was begun: collecting, waiting for HR to compare digits, review, accept or reject.

import { button, choices, h, inset, link, paragraph, title, trouble } from '../lib/dom.js';
import { plain } from '../lib/words.js';
import { assurance, by, checkDetails, front, troubleWords } from './parts.js';

const MAX_WORDS = 200;

export async function pending(app, id) {
  const { t, wallet } = app;
  let record = await wallet.pendingOne(id);
  if (!record) return gone(app);
  if (record.stage === 'waiting') return waiting(app, record);
  try {
    record = await wallet.advance(id);
  } catch (error) {
    if (!error.code) throw error;
    return stuck(app, id, error);
  }
  return record.stage === 'waiting' ? waiting(app, record) : review(app, record);
}

const gone = (app) => ({
  title: app.t.receive.title,
  content: [title(app.t.receive.title), paragraph(app.t.troubles['offer-gone'].next), link(app.t.nav.home, '#home')],
});

async function stuck(app, id, error) {
  const { t, wallet } = app;
  const still = await wallet.pendingOne(id);
  const hopeless = !still || error.code === 'offer-gone';
  return {
    title: t.faultTitle,
    content: [
      title(t.receive.title),
      trouble(...troubleWords(app, error)),
      h(
        'div',
        { class: 'nhsuk-button-group' },
        hopeless ? null : button(t.tryAgain, () => app.render()),
        hopeless
          ? button(t.goOn, async () => {
              await wallet.forget(id);
              app.go('#home');
            })
          : link(t.cancel, '#home', 'nhsuk-button nhsuk-button--secondary'),
      ),
    ],
  };
}

function waiting(app, record) {
  const { t, wallet } = app;
  const digits = wallet.digits(record);
  const state = h('p', { role: 'status', class: 'wallet-waiting' }, t.waiting.now);
  let stopped = false;
  let timer;
  const poll = async () => {
    if (stopped || app.locked) return;
    app.touch();
    let next = Math.max(1, record.interval);
    try {
      const stepped = await wallet.advance(record.id);
      if (stopped) return;
      if (stepped.stage !== 'waiting') return app.render();
      state.textContent = t.waiting.now;
      next = Math.max(1, stepped.interval);
    } catch (error) {
      if (stopped) return;
      if (!['offline', 'busy'].includes(error.code)) {
        if (!error.code) throw error;
        return app.show(stuck(app, record.id, error));
      }
      state.textContent = t.waiting.trouble;
    }
    timer = setTimeout(() => app.guard(poll()), next * 1000);
  };
  return {
    title: t.waiting.title,
    content: [
      title(t.waiting.title),
      paragraph(t.waiting.what, 'nhsuk-body-l'),
      h(
        'p',
        { class: 'wallet-digits' },
        h('span', { class: 'nhsuk-u-visually-hidden' }, t.waiting.digits([...digits].join(' '))),
        h('span', { 'aria-hidden': 'true' }, `${digits.slice(0, 3)} ${digits.slice(3)}`),
      ),
      state,
      paragraph(t.waiting.keep),
      button(
        t.waiting.give,
        async () => {
          await wallet.forget(record.id);
          app.go('#home');
        },
        'nhsuk-button--secondary',
      ),
    ],
    shown: () => {
      timer = setTimeout(() => app.guard(poll()), Math.max(1, record.interval) * 1000);
    },
    leave: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function review(app, record) {
  const { t, wallet } = app;
  const claims = wallet.claims(record);
  const one = { ...record, claims, name: claims.identity ? plain(`${claims.identity.given_name} ${claims.identity.family_name}`) : null };
  const me = choices({
    name: 'me',
    legend: t.review.person,
    kind: 'checkboxes',
    items: [{ value: 'me', label: one.name ? t.review.me(one.name) : t.review.meOther, hint: one.name ? t.review.meHint : undefined }],
  });
  const accept = async (event) => {
    event.preventDefault();
    me.say(me.value ? null : t.review.meFault);
    if (!me.value) return;
    await wallet.accept(record.id);
    app.notice(t.review.accepted);
    app.go('#home');
  };
  return {
    title: t.review.title,
    content: [
      title(t.review.title),
      paragraph(t.review.what, 'nhsuk-body-l'),
      h('h2', { class: 'nhsuk-heading-l' }, one.name ?? plain(record.name)),
      front(app, one),
      paragraph(`${t.passport.from}: ${by(record.issuer)}`),
      checkDetails(app, claims),
      assurance(app, claims),
      h(
        'form',
        { onsubmit: accept, novalidate: true },
        me.group,
        h(
          'div',
          { class: 'nhsuk-button-group' },
          h('button', { class: 'nhsuk-button', type: 'submit' }, t.review.accept),
          button(t.review.reject, () => app.show(reject(app, record)), 'nhsuk-button--secondary'),
        ),
      ),
    ],
  };
}

function reject(app, record) {
  const { t, wallet } = app;
  const why = choices({
    name: 'reason',
    legend: t.review.reason,
    items: Object.entries(t.review.reasons).map(([value, label]) => ({ value, label })),
  });
  const words = h('textarea', { id: 'words', class: 'nhsuk-textarea', rows: 3, maxlength: MAX_WORDS, 'aria-describedby': 'words-hint words-fault' });
  const fault = h('p', { id: 'words-fault', class: 'nhsuk-error-message' });
  fault.hidden = true;
  const submit = async (event) => {
    event.preventDefault();
    why.say(why.value ? null : t.review.reasonFault);
    if (!why.value) return;
    const said = words.value.trim();
    const needed = ['INCORRECT', 'OTHER'].includes(why.value) && !said;
    fault.hidden = !needed;
    fault.textContent = needed ? t.review.wordsFault : '';
    if (needed) return words.focus();
    await wallet.reject(record.id, why.value, said);
    app.notice(t.review.rejected);
    app.go('#home');
  };
  return {
    title: t.review.rejectTitle,
    content: [
      title(t.review.rejectTitle),
      inset(paragraph(t.review.rejectWhat)),
      h(
        'form',
        { onsubmit: submit, novalidate: true },
        why.group,
        h(
          'div',
          { class: 'nhsuk-form-group' },
          h('label', { class: 'nhsuk-label', for: 'words' }, t.review.words),
          h('div', { id: 'words-hint', class: 'nhsuk-hint' }, t.review.wordsHint),
          fault,
          words,
        ),
        h(
          'div',
          { class: 'nhsuk-button-group' },
          h('button', { class: 'nhsuk-button nhsuk-button--warning', type: 'submit' }, t.review.send),
          button(t.review.back, () => app.render(), 'nhsuk-button--secondary'),
        ),
      ),
    ],
  };
}
