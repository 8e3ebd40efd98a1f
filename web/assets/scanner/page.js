// The scan page: whatever gives a code – camera, box, picture, a scanner that types – asks the
// service, and the verdict takes the scanner's place until the next person.

import { ask } from './ask.js';
import { Camera, reason } from './camera.js';
import { Parts, fingerprint, isCode, part, trimmed } from './codes.js';
import { Reader } from './reader.js';
import { Wedge } from './wedge.js';

/** A verdict that nobody looks at is cleared. */
const FORGET = 600_000;
const WORKER = '/assets/scan-worker.js';
/** For screen readers only. */
const UNSEEN = 'nhsuk-u-visually-hidden';

const at = (id) => document.getElementById(id);
const form = at('scan-form');
const title = document.title;
const texts = new Map(
  [...at('texts').content.querySelectorAll('[data-text]')].map((one) => [one.dataset.text, one.textContent]),
);
const camera = new Camera(at('camera-video'));
const parts = new Parts();
const wedge = new Wedge();

// The pages forbid texts as code: only the verdict of our own service, and our own worker.
const policy = globalThis.trustedTypes?.createPolicy('scan', {
  createHTML: (html) => html,
  createScriptURL: (url) => {
    if (url !== WORKER) throw new TypeError('not the worker');
    return url;
  },
});

const READING = 'reading';
const ASKING = 'asking';
const SHOWING = 'showing';
let state = READING;
/** The last code asked about, by fingerprint: it is not asked about again by itself. */
let asked = '';
let reader = null;
let wanted = false;
let forget = 0;

function text(name, values = {}) {
  return (texts.get(name) ?? '').replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
}

function say(name, values) {
  const sentence = text(name, values);
  if (at('say').textContent !== sentence) at('say').textContent = sentence;
}

function reading() {
  reader ??= new Reader(policy ? policy.createScriptURL(WORKER) : WORKER, () => say('broken'));
  return reader;
}

// --- What was read

/** A code from anywhere; `seenAt` is when it was in view or typed to its end. */
function read(code, seenAt) {
  if (state !== READING) return;
  if (part(code) === null) {
    parts.clear();
    submit(code, seenAt);
    return;
  }
  const progress = parts.add(code);
  at('parts').hidden = false;
  at('parts').max = progress.of;
  at('parts').value = progress.have;
  if (progress.isNew) say('part', progress);
  if (progress.codes) submit(progress.codes.join('\n'), seenAt);
}

async function submit(code, seenAt) {
  const print = fingerprint(code);
  if (print === asked) {
    say('same');
    parts.clear();
    at('parts').hidden = true;
    return;
  }
  state = ASKING;
  performance.mark('code-seen', { startTime: seenAt });
  say('asking');
  at('problem').hidden = true;
  at('scanner').setAttribute('aria-busy', 'true');
  const fields = new FormData(form);
  fields.set('code', code);
  const answer = await ask(form.action, fields, { seenAt, onRetry: () => say('again') });
  at('scanner').removeAttribute('aria-busy');
  parts.clear();
  at('parts').hidden = true;
  if (answer.kind === 'verdict') {
    asked = print;
    show(answer.html);
  } else {
    trouble(answer);
  }
}

function put(place, html) {
  place.replaceChildren();
  place.insertAdjacentHTML('beforeend', policy ? policy.createHTML(html) : html);
}

// --- The verdict

function show(html) {
  state = SHOWING;
  camera.unwatch();
  at('camera-video').pause();
  put(at('verdict'), html);
  at('scanner').hidden = true;
  at('desk-title').classList.add(UNSEEN);
  form.reset();
  const heading = at('verdict-heading');
  document.title = `${heading.textContent} – ${title}`;
  at('announce').textContent = text('verdict', { heading: heading.textContent });
  heading.focus();
  heading.closest('.desk-verdict').scrollIntoView({ block: 'start' });
  at('print').hidden = false;
  at('print').addEventListener('click', () => print());
  at('scan-next').addEventListener('click', (event) => {
    event.preventDefault();
    next('cleared');
  });
  forget = setTimeout(() => next('cleared-late'), FORGET);
  // After the frame that paints it.
  requestAnimationFrame(() => {
    const shown = new MessageChannel();
    shown.port1.onmessage = () => {
      performance.mark('verdict-shown');
      const { duration } = performance.measure('code-to-verdict', 'code-seen', 'verdict-shown');
      document.documentElement.dataset.verdictMillis = Math.round(duration);
      performance.clearMarks();
      shown.port1.close();
    };
    shown.port2.postMessage(0);
  });
}

/** Nothing of the last person stays: not in the page, nor its title, nor the browser's memory. */
function clear() {
  clearTimeout(forget);
  at('verdict').replaceChildren();
  at('announce').textContent = '';
  at('problem').replaceChildren();
  at('problem').hidden = true;
  document.title = title;
  form.reset();
  at('picture').value = '';
  parts.clear();
  at('parts').hidden = true;
  performance.clearMeasures();
  delete document.documentElement.dataset.verdictMillis;
}

function next(why) {
  clear();
  const scan = crypto.randomUUID();
  form.elements.scan_id.value = scan;
  const deskCode = at('desk-code-form');
  if (deskCode) {
    // Each scan has a desk code of its own; the page comes back with it.
    deskCode.elements.scan_id.value = scan;
    deskCode.submit();
    return;
  }
  state = READING;
  at('scanner').hidden = false;
  at('desk-title').classList.remove(UNSEEN);
  say(why);
  at('maincontent').scrollIntoView({ block: 'start' });
  if (camera.on) {
    at('camera-stop').focus();
    at('camera-video').play();
    watch();
  } else {
    at('desk-title').focus();
  }
}

function trouble({ kind, html }) {
  const box = at('problem');
  box.hidden = false;
  if (kind === 'refused') {
    put(box, html);
  } else {
    const here = location.pathname + location.search;
    const ways = {
      'signed-out': ['sign-in', `/sign-in?next=${encodeURIComponent(here)}`],
      'page-old': ['reload', here],
    };
    const [name, href] = ways[kind] ?? ['scan-again', null];
    const sentence = document.createElement('p');
    sentence.textContent = text(kind);
    const way = document.createElement(href ? 'a' : 'button');
    way.className = 'nhsuk-button';
    way.textContent = text(name);
    if (href) {
      way.href = href;
    } else {
      way.type = 'button';
      way.addEventListener('click', () => {
        clear();
        resume();
      });
    }
    const row = document.createElement('p');
    row.append(way);
    box.replaceChildren(sentence, row);
  }
  at('say').textContent = '';
  box.scrollIntoView({ block: 'nearest' });
  box.querySelector('a, button')?.focus();
  // A fresh code may be shown at once; for the rest the person has to act first.
  if (!['signed-out', 'page-old', 'refused'].includes(kind)) resume();
}

function resume() {
  state = READING;
  say(camera.on ? 'ready' : 'ready-no-camera');
  if (camera.on) watch();
}

// --- Camera

function watch() {
  camera.watch(async (time) => {
    if (state !== READING || reading().busy) return;
    const found = await reading().texts(at('camera-video'));
    if (state !== READING) return;
    const codes = found.filter(isCode);
    for (const code of codes) read(code, time);
    if (codes.length > 0) at('camera-frame').dataset.seen = '';
    else delete at('camera-frame').dataset.seen;
    if (codes.length === 0 && found.length > 0) say('other');
  });
}

async function turnOn(device) {
  at('camera-start').disabled = true;
  say('starting');
  try {
    await camera.start(device, () => off('camera-ended'));
  } catch (error) {
    off(reason(error));
    return;
  } finally {
    at('camera-start').disabled = false;
  }
  wanted = true;
  at('camera-frame').dataset.on = '';
  at('camera-start').hidden = true;
  at('camera-stop').hidden = false;
  at('camera-light').hidden = !camera.hasLight;
  if (state === READING) {
    say('ready');
    watch();
  } else {
    at('camera-video').pause();
  }
  await choices();
}

function off(why) {
  camera.stop();
  wanted = false;
  delete at('camera-frame').dataset.on;
  for (const id of ['camera-stop', 'camera-light', 'camera-choice']) at(id).hidden = true;
  at('camera-start').hidden = false;
  lit(false);
  say(why);
}

async function choices() {
  const { inUse, cameras } = await camera.devices();
  at('camera-choice').hidden = cameras.length < 2;
  at('camera-device').replaceChildren(
    ...cameras.map(({ deviceId, label }, index) => {
      const name = label || text('camera-number', { number: index + 1 });
      return new Option(name, deviceId, deviceId === inUse, deviceId === inUse);
    }),
  );
}

function lit(on) {
  at('camera-light').setAttribute('aria-pressed', String(on));
  at('camera-light').textContent = text(on ? 'light-off' : 'light-on');
}

async function beginCamera() {
  at('camera').hidden = false;
  if (!Camera.possible) {
    at('camera-frame').hidden = true;
    say('camera-unknown');
    return;
  }
  at('camera-start').addEventListener('click', () => turnOn());
  at('camera-stop').addEventListener('click', () => {
    off('ready-no-camera');
    at('camera-start').focus();
  });
  at('camera-device').addEventListener('change', ({ target }) => turnOn(target.value));
  at('camera-light').addEventListener('click', async () => {
    const on = at('camera-light').getAttribute('aria-pressed') !== 'true';
    await camera.light(on).then(() => lit(on), () => {});
  });
  // The camera rests while nobody looks at the page.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden && camera.on) {
      const again = wanted;
      off('ready-no-camera');
      wanted = again;
    } else if (!document.hidden && wanted && !camera.on) {
      turnOn(at('camera-device').value);
    }
  });
  if (await Camera.allowed()) await turnOn();
  else say('ready-no-camera');
}

// --- Box, picture, hardware scanner

function beginOthers() {
  for (const id of ['wedge-hint', 'picture-field']) at(id).hidden = false;
  const box = form.elements.code;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (state === READING) submit(box.value, performance.now());
  });
  box.addEventListener('paste', (event) => {
    const code = trimmed(event.clipboardData?.getData('text/plain') ?? '').trimStart();
    if (!isCode(code) || part(code) !== null || box.value.trim() !== '') return;
    event.preventDefault();
    read(code, performance.now());
  });
  at('picture').addEventListener('change', async ({ target }) => {
    const [file] = target.files;
    target.value = '';
    if (file) await picture(file);
  });
  document.addEventListener('paste', (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'));
    if (file) picture(file);
  });
  document.addEventListener('keydown', typed, { capture: true });
}

async function picture(file) {
  const seenAt = performance.now();
  let found;
  try {
    found = await reading().texts(file);
  } catch {
    say('no-picture');
    return;
  }
  const codes = found.filter(isCode);
  if (codes.length === 0) say(found.length > 0 ? 'other' : 'no-code');
  for (const code of codes) read(code, seenAt);
}

function typed(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey) return;
  const { taken, code } = wedge.press(event.key, event.timeStamp);
  if (taken) {
    event.preventDefault();
    event.stopPropagation();
  }
  if (code === undefined) return;
  form.reset();
  // The next person's code; the same one twice is a scanner that repeats itself.
  if (state === SHOWING && fingerprint(code) !== asked && !at('desk-code-form')) next('cleared');
  read(code, event.timeStamp);
}

// --- Desk code

function beginDeskCode() {
  const shown = at('desk-code');
  if (!shown) return;
  const until = performance.now() + Number(shown.dataset.seconds) * 1000;
  const tick = () => {
    const left = Math.max(0, Math.ceil((until - performance.now()) / 1000));
    const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
    at('desk-code-left').textContent = text('desk-code-left', { time });
    if (left > 0) return;
    clearInterval(timer);
    shown.hidden = true;
    at('desk-code-over').hidden = false;
  };
  const timer = setInterval(tick, 1000);
  tick();
}

// --- Start

// The way back must not show the last person.
addEventListener('pagehide', () => {
  clear();
  camera.stop();
});
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

beginOthers();
beginDeskCode();
beginCamera();
// Loaded while the person gets the phone out.
reading();
