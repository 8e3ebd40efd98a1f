// The code, full screen on white: renewed with a visible countdown, gone when out of sight.

import { button, h, paragraph, svg } from '../lib/dom.js';
import * as presenting from '../lib/present.js';
import { label, plain } from '../lib/words.js';

const TICK = 250;

/** Opens the code over the page; resolves when it is shown. */
export async function showCode(app, { one, host, asked, shown, deskCode, key }) {
  const { t, vc, wallet } = app;
  const name = plain(host.name);
  const frame = h('div', { class: 'wallet-code__frame', role: 'img', 'aria-label': t.code.picture(name) });
  const count = h('p', { class: 'wallet-code__count', role: 'timer' });
  const bar = h('progress', { class: 'wallet-code__bar', max: presenting.RENEWED_EVERY, 'aria-hidden': 'true' });
  const part = h('p', { class: 'wallet-code__part' });
  const heading = h('h2', { class: 'wallet-code__title', id: 'code-title', tabindex: '-1' }, t.code.title(name));
  const dialog = h(
    'dialog',
    { class: 'wallet-code', 'aria-labelledby': 'code-title' },
    heading,
    h('p', { class: 'wallet-code__for' }, plain(asked.title)),
    frame,
    count,
    bar,
    part,
    h('p', { class: 'wallet-code__hint' }, t.code.bright),
    button(t.code.stop, () => dialog.close(), 'nhsuk-button--secondary'),
  );

  const paths = shown.map(({ path }) => path);
  let pictures = [];
  let drawn = -1;
  let madeAt = 0;
  let making = false;

  const draw = (index) => {
    if (index === drawn) return;
    drawn = index;
    const { side, path } = pictures[index];
    frame.replaceChildren(
      svg(
        'svg',
        { viewBox: `0 0 ${side} ${side}`, 'shape-rendering': 'crispEdges', 'aria-hidden': 'true', focusable: 'false' },
        svg('rect', { width: side, height: side, fill: '#fff' }),
        svg('path', { d: path, fill: '#000' }),
      ),
    );
    part.textContent = pictures.length > 1 ? t.code.part(index + 1, pictures.length) : '';
  };
  const renew = async () => {
    making = true;
    try {
      const texts = await presenting.code(vc, one.credential, { paths, ods: host.ods, deskCode, key });
      pictures = texts.map((text) => JSON.parse(vc.drawQr(text)));
      // Read by whoever helps with a stubborn scanner; never leaves the page.
      frame.dataset.version = String(pictures[0].version);
      drawn = -1;
      madeAt = Date.now();
      draw(0);
    } finally {
      making = false;
    }
  };
  const tick = () => {
    app.touch();
    const passed = (Date.now() - madeAt) / 1000;
    const left = Math.max(0, Math.ceil(presenting.RENEWED_EVERY - passed));
    count.textContent = t.code.renews(left);
    bar.value = presenting.RENEWED_EVERY - passed > 0 ? presenting.RENEWED_EVERY - passed : 0;
    if (passed >= presenting.RENEWED_EVERY && !making) app.guard(renew());
    else if (pictures.length > 1) draw(Math.floor((Date.now() - madeAt) / presenting.PART_TIME) % pictures.length);
  };

  await renew();
  document.body.append(dialog);
  dialog.showModal();
  heading.focus();
  tick();
  const timer = setInterval(tick, TICK);
  const awake = await navigator.wakeLock?.request('screen').catch(() => null);
  const unseen = () => {
    if (!document.hidden) return;
    dialog.close();
    app.notice(t.code.closed);
  };
  document.addEventListener('visibilitychange', unseen);
  app.onLock = () => dialog.close();
  dialog.addEventListener('close', () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', unseen);
    app.onLock = null;
    awake?.release().catch(() => {});
    frame.replaceChildren();
    dialog.remove();
  });
  await wallet.log({
    kind: 'shown',
    passport: one.type,
    host: { ods: host.ods, name: host.name },
    placement: { kind: asked.kind, staff_group: asked.staff_group, title: asked.title, version: asked.version },
    objects: paths.map((path) => label(path)),
    deskCode: Boolean(deskCode),
  });
}
