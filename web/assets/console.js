// HR's console. Every page works without this: it hides what does not apply, works out dates, makes
// pictures small, and keeps an offer's page up to date.

for (const form of document.querySelectorAll('[data-passport-form]')) passportForm(form);
offerPage();

/** @param {HTMLFormElement} form */
function passportForm(form) {
  const show = () => conditionals(form);
  form.addEventListener('change', show);
  show();
  rows(form);
  for (const box of form.querySelectorAll('[data-portrait]')) portrait(box);
  leaving(form);
}

/** What does not apply is hidden, and not sent. */
function conditionals(form) {
  for (const part of form.querySelectorAll('[data-when]')) {
    const says = new FormData(form).get(part.dataset.when) ?? '';
    const applies = part.dataset.says.split(' ').includes(says);
    part.hidden = !applies;
    for (const input of part.querySelectorAll('input, select, textarea')) {
      // Inside a hidden part whatever is nested stays off too.
      input.disabled = input.closest('[data-when][hidden]') !== null;
    }
  }
}

/** The last day of training, when it follows from the others. */
function rows(form) {
  const ends = /^core_skills\.\d+\.(awarded_on|renewal_period)\./;
  form.addEventListener('input', ({ target }) => {
    if (target.name?.match(/\.valid_until\./)) target.form.querySelectorAll(
      `[name^="${CSS.escape(target.name.replace(/\.[a-z]+$/, ''))}."]`,
    ).forEach((part) => delete part.dataset.worked);
    if (!ends.test(target.name ?? '')) return;
    const row = target.name.split('.').slice(0, 2).join('.');
    const of = (name) => form.elements.namedItem(`${row}.${name}`);
    const number = (name) => Number.parseInt(of(name)?.value.trim() || '0', 10);
    const until = ['day', 'month', 'year'].map((part) => of(`valid_until.${part}`));
    if (until.some((part) => part === null || (part.value !== '' && !part.dataset.worked))) return;
    const months = number('renewal_period.years') * 12 + number('renewal_period.months');
    const [year, month, day] = ['year', 'month', 'day'].map((part) => number(`awarded_on.${part}`));
    const end = months > 0 && year > 1899 && year < 2100 ? later(year, month, day, months) : null;
    ['day', 'month', 'year'].forEach((_, at) => {
      until[at].value = end === null ? '' : String(end[at]);
      until[at].dataset.worked = 'yes';
    });
  });
}

/** Day, month and year, or nothing for a day that is none. The month's last day where needed. */
function later(year, month, day, months) {
  const begin = new Date(Date.UTC(year, month - 1, day));
  if (begin.getUTCMonth() !== month - 1 || begin.getUTCDate() !== day) return null;
  const whole = year * 12 + (month - 1) + months;
  const [endYear, endMonth] = [Math.floor(whole / 12), whole % 12];
  const last = new Date(Date.UTC(endYear, endMonth + 1, 0)).getUTCDate();
  return [Math.min(day, last), endMonth + 1, endYear];
}

/** A picture is chosen, made small, and put into its field as text. */
function portrait(box) {
  const field = box.querySelector('textarea');
  const tools = document.createElement('div');
  tools.className = 'app-portrait-tools';
  const shown = document.createElement('img');
  shown.className = 'app-portrait';
  shown.alt = box.dataset.alt;
  const choose = document.createElement('input');
  choose.type = 'file';
  choose.accept = 'image/*';
  choose.title = box.dataset.choose;
  const remove = document.createElement('button');
  remove.type = 'button';
  remove.className = 'app-link-button';
  remove.textContent = box.dataset.remove;
  const show = () => {
    const has = field.value.startsWith('data:image/');
    shown.hidden = remove.hidden = !has;
    if (has) shown.src = field.value;
  };
  remove.addEventListener('click', () => {
    field.value = '';
    choose.value = '';
    show();
  });
  choose.addEventListener('change', async () => {
    const [file] = choose.files;
    if (file === undefined) return;
    field.value = await small(file);
    show();
  });
  tools.append(shown, choose, remove);
  field.before(tools);
  field.hidden = true;
  // The label and the error summary lead to what can be used.
  choose.id = field.id;
  field.id = `${field.id}-text`;
  show();
}

/** At most 24 kB of JPEG, 200 by 260 pixels. */
async function small(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, 200 / picture.width, 260 / picture.height);
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
  let text = '';
  for (const quality of [0.85, 0.7, 0.55, 0.4, 0.25]) {
    text = canvas.toDataURL('image/jpeg', quality);
    if (text.length <= 24_000) break;
  }
  return text;
}

/** How often a form that is being filled in keeps its session. */
const KEEP = 4 * 60 * 1000;

/** A form half filled in is not left by a slip, and its session does not end meanwhile. */
function leaving(form) {
  let changed = false;
  let kept = Date.now();
  form.addEventListener('input', () => {
    changed = true;
    if (Date.now() - kept < KEEP) return;
    kept = Date.now();
    fetch('/console/passports/new', { method: 'HEAD' }).catch(() => {});
  });
  form.addEventListener('submit', () => { changed = false; });
  addEventListener('beforeunload', (event) => {
    if (changed) event.preventDefault();
  });
}

/** An offer's page reads itself anew whenever something happens. */
function offerPage() {
  let live = document.getElementById('offer-live');
  if (live === null) return;
  let source = null;
  let told = false;
  const listen = () => {
    const { events } = live.dataset;
    if (events === undefined) {
      source?.close();
      source = null;
    } else if (source === null) {
      source = new EventSource(events);
      // The first tells how it stands, which the page knows unless it was late.
      source.addEventListener('step', ({ data }) => {
        if (told || data !== live.dataset.step) renew();
        told = true;
      });
      // After a break something may have been missed.
      let broken = false;
      source.addEventListener('error', () => { broken = true; });
      source.addEventListener('open', () => { if (broken) renew(); broken = false; });
    }
  };
  const renew = async () => {
    const page = await read(location.href);
    const now = page?.getElementById('offer-live');
    if (!now) return;
    const same = now.dataset.step === live.dataset.step;
    const typed = live.querySelector('#digits')?.value;
    const focused = live.contains(document.activeElement) ? document.activeElement.id : '';
    const next = document.adoptNode(now);
    live.replaceWith(next);
    live = next;
    if (!same) {
      const words = live.querySelector('[data-said]').textContent.replace(/\s+/g, ' ').trim();
      document.getElementById('offer-said').textContent = words;
    }
    const digits = live.querySelector('#digits');
    if (digits !== null && typed) digits.value = typed;
    if (!same && digits !== null) digits.focus();
    else if (focused !== '') document.getElementById(focused)?.focus();
    listen();
    tick();
  };
  document.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('[data-check]')) {
      event.preventDefault();
      renew();
    }
  });
  const tick = () => {
    for (const left of live.querySelectorAll('[data-until]')) {
      const seconds = Math.max(0, Math.round(Number(left.dataset.until) - Date.now() / 1000));
      const part = (number) => String(number).padStart(2, '0');
      left.querySelector('[data-left]').textContent =
        `${Math.floor(seconds / 60)}:${part(seconds % 60)}`;
      left.hidden = Number(left.dataset.until) === 0;
    }
  };
  setInterval(tick, 1000);
  tick();
  listen();
}

/** A page as a document: no text becomes markup on the way. */
function read(address) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open('GET', address);
    request.responseType = 'document';
    request.addEventListener('loadend', () => {
      done(request.status === 200 || request.status === 422 ? request.response : null);
    });
    request.send();
  });
}
