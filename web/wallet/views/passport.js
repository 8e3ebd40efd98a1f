// One passport, whole.

import { button, h, link, paragraph, summary, title } from '../lib/dom.js';
import { moment, plain } from '../lib/words.js';
import { assurance, by, checkDetails, front, state } from './parts.js';

export async function passport(app, id) {
  const { t } = app;
  const one = await app.wallet.passport(id);
  if (!one) return { title: t.passport.gone, content: [title(t.passport.gone), link(t.nav.home, '#home')] };
  return {
    title: one.name ?? t.home.unnamed,
    content: [
      link(t.back, '#home', 'nhsuk-back-link'),
      title(one.name ?? t.home.unnamed),
      state(app, one),
      front(app, one),
      paragraph(t.passport.alwaysShown),
      assurance(app, one.claims),
      checkDetails(app, one.claims),
      summary([
        [t.passport.from, by(one.issuer)],
        one.issuer.contact && [t.passport.contact, plain(one.issuer.contact)],
        [t.passport.received, moment(one.receivedAt)],
        one.renewedAt && [t.passport.renewed, moment(one.renewedAt)],
      ]),
      h(
        'details',
        { class: 'nhsuk-details' },
        h(
          'summary',
          { class: 'nhsuk-details__summary' },
          h('span', { class: 'nhsuk-details__summary-text' }, t.passport.technical),
        ),
        h(
          'div',
          { class: 'nhsuk-details__text' },
          summary([
            [t.passport.type, plain(one.claims.vct)],
            [t.passport.issuerAddress, plain(one.issuer.url)],
            [t.passport.algorithm, one.alg],
          ]),
        ),
      ),
      remove(app, one),
    ],
  };
}

function remove(app, one) {
  const { t } = app;
  const room = h('div');
  const ask = () => {
    const heading = h('h2', { class: 'nhsuk-heading-m', tabindex: '-1' }, t.passport.deleteTitle);
    room.replaceChildren(
      heading,
      paragraph(t.passport.deleteWhat),
      h(
        'div',
        { class: 'nhsuk-button-group' },
        button(
          t.passport.deleteYes,
          async () => {
            await app.wallet.remove(one.id);
            app.notice(t.passport.deleted);
            app.go('#home');
          },
          'nhsuk-button--warning',
        ),
        button(t.passport.deleteNo, first, 'nhsuk-button--secondary'),
      ),
    );
    heading.focus();
  };
  const first = () => room.replaceChildren(button(t.passport.delete, ask, 'nhsuk-button--secondary'));
  first();
  return room;
}
