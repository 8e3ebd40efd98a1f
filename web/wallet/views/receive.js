// Receiving: by camera, link or picture; who offers; the transaction code.

import { Camera, reason } from '../../assets/scanner/camera.js';
import { Reader } from '../../assets/scanner/reader.js';
import { button, field, h, inset, paragraph, summary, title, trouble } from '../lib/dom.js';
import { offerLink, txCodeFault } from '../lib/receive.js';
import { scriptAddress } from '../lib/trusted.js';
import { plain } from '../lib/words.js';
import { by, troubleWords } from './parts.js';

/** Troubles that trying again may mend. */
const MAY_PASS = ['offline', 'busy', 'answer', 'registry', 'registry-expired', 'clock'];

export async function receive(app) {
  const { t } = app;
  let leave = () => {};
  const content = [title(t.receive.title), paragraph(t.receive.how, 'nhsuk-body-l')];
  const scanner = cameraPart(app, (stop) => {
    leave = stop;
  });
  content.push(scanner, h('h2', { class: 'nhsuk-heading-m' }, t.receive.other), linkPart(app), picturePart(app));
  return { title: t.receive.title, content, leave: () => leave() };
}

/** The one reader of codes, made when it is first needed. */
function reader(app) {
  app.reader ??= new Reader(scriptAddress('/scan-worker.js'), () => {
    app.reader = null;
  });
  return app.reader;
}

function cameraPart(app, onLeave) {
  const { t } = app;
  const video = h('video', { class: 'wallet-camera__video', playsinline: true, 'aria-label': t.receive.video });
  video.muted = true;
  const view = h('div', { class: 'wallet-camera' }, video);
  view.hidden = true;
  const state = h('p', { role: 'status' });
  const camera = new Camera(video);
  const off = () => {
    camera.stop();
    view.hidden = true;
    toggle.textContent = t.receive.camera;
  };
  const refused = (words) => {
    off();
    state.textContent = '';
    state.replaceChildren(trouble(t.faultTitle, words));
  };
  const toggle = button(t.receive.camera, async () => {
    if (camera.on) {
      state.textContent = '';
      return off();
    }
    if (!Camera.possible) return refused(t.receive.refused.unsupported);
    toggle.disabled = true;
    try {
      await camera.start(null, off);
    } catch (error) {
      return refused(t.receive.refused[reason(error).replace('camera-', '')] ?? t.receive.refused.busy);
    } finally {
      toggle.disabled = false;
    }
    view.hidden = false;
    toggle.textContent = t.receive.stop;
    state.textContent = t.receive.looking;
    camera.watch(async () => {
      app.touch();
      for (const text of await reader(app).texts(video)) {
        if (!camera.on) return;
        if (offerLink(text)) {
          off();
          app.offered(offerLink(text));
          return;
        }
        state.textContent = t.receive.notOffer;
      }
    });
  });
  onLeave(off);
  return h('div', {}, view, toggle, state);
}

function linkPart(app) {
  const { t } = app;
  const pasted = field({ id: 'offer-link', label: t.receive.link, hint: t.receive.linkHint, autocomplete: 'off', spellcheck: 'false', autocapitalize: 'none' });
  const submit = (event) => {
    event.preventDefault();
    const found = offerLink(pasted.input.value);
    pasted.say(found ? null : t.receive.linkBad);
    if (found) app.offered(found);
  };
  return h(
    'form',
    { onsubmit: submit, novalidate: true },
    pasted.group,
    h('button', { class: 'nhsuk-button nhsuk-button--secondary', type: 'submit' }, t.receive.linkUse),
  );
}

function picturePart(app) {
  const { t } = app;
  const chosen = field({ id: 'offer-picture', label: t.receive.picture, type: 'file', accept: 'image/*', class: 'nhsuk-file-upload' });
  chosen.input.addEventListener('change', async () => {
    const [file] = chosen.input.files;
    if (!file) return;
    let texts = [];
    try {
      texts = await reader(app).texts(file);
    } catch {
      // Not a picture: the same words fit.
    }
    const found = texts.map(offerLink).find(Boolean);
    chosen.say(found ? null : t.receive.pictureNone);
    if (found) app.offered(found);
  });
  return chosen.group;
}

/** Who offers what, before anything is sent. */
export async function offer(app) {
  const { t } = app;
  let offered;
  try {
    offered = await app.offer();
  } catch (error) {
    if (!error.code) throw error;
    return {
      title: t.faultTitle,
      content: [
        title(t.receive.title),
        trouble(...troubleWords(app, error)),
        h(
          'div',
          { class: 'nhsuk-button-group' },
          MAY_PASS.includes(error.code) ? button(t.tryAgain, () => app.offered(app.link)) : null,
          button(t.cancel, () => app.dropOffer(), 'nhsuk-button--secondary'),
        ),
      ],
    };
  }
  const shape = offered.txCode;
  const code = shape
    ? field({
        id: 'tx-code',
        label: t.receive.txCode,
        hint: t.receive.txHint(shape.length, shape.description ? plain(shape.description) : ''),
        inputmode: (shape.input_mode ?? 'numeric') === 'numeric' ? 'numeric' : 'text',
        autocomplete: 'one-time-code',
        class: 'nhsuk-input nhsuk-input--width-10 wallet-digits-input',
        maxlength: shape.length ?? 32,
      })
    : null;
  const said = h('div');
  const state = h('p', { role: 'status' });
  const go = h('button', { class: 'nhsuk-button', type: 'submit' }, t.receive.collect);
  const submit = async (event) => {
    event.preventDefault();
    const entered = code?.input.value.trim() ?? '';
    const fault = code ? txCodeFault(shape, entered) : null;
    code?.say(fault ? (fault === 'length' ? t.receive.txFault.length(shape.length) : t.receive.txFault[fault]) : null);
    if (fault) return;
    go.disabled = true;
    said.replaceChildren();
    state.textContent = t.receive.collecting;
    try {
      const id = await app.wallet.authorise(offered, entered);
      app.forgetOffer();
      app.go(`#pending/${id}`);
    } catch (error) {
      if (!error.code) throw error;
      if (error.code === 'tx-code-wrong' && code) return code.say(t.receive.txWrong);
      said.replaceChildren(trouble(...troubleWords(app, error)));
      said.firstChild.focus();
    } finally {
      go.disabled = false;
      state.textContent = '';
    }
  };
  return {
    title: t.receive.title,
    content: [
      title(t.receive.offerTitle(plain(offered.issuer.name))),
      summary([
        [t.receive.offers, by(offered.issuer)],
        [t.receive.what, plain(offered.name)],
      ]),
      inset(paragraph(t.receive.vouched), paragraph(t.receive.nothingSent)),
      said,
      h(
        'form',
        { onsubmit: submit, novalidate: true },
        code?.group,
        h('div', { class: 'nhsuk-button-group' }, go, button(t.receive.no, () => app.dropOffer(), 'nhsuk-button--secondary')),
      ),
      state,
    ],
  };
}
