// The phone wallet: starts, locks, and shows one page at a time.

import init, * as vc from 'vc';

import { autoLock } from './lib/auto-lock.js';
import { Database } from './lib/database.js';
import { button, h, link, paragraph, title, trouble } from './lib/dom.js';
import { offerLink } from './lib/receive.js';
import { Registry } from './lib/registry.js';
import { scriptAddress } from './lib/trusted.js';
import { Trouble } from './lib/trouble.js';
import { Vault } from './lib/vault.js';
import { Wallet, configuration } from './lib/wallet.js';
import { label, plain } from './lib/words.js';
import texts from './texts/en.js';
import { history as historyPage } from './views/history.js';
import { home } from './views/home.js';
import { passport } from './views/passport.js';
import { troubleWords } from './views/parts.js';
import { pending } from './views/pending.js';
import { offer, receive } from './views/receive.js';
import { changePin, settings } from './views/settings.js';
import { setup } from './views/setup.js';
import { show } from './views/show.js';
import { unlock } from './views/unlock.js';

const PAGES = { home, receive, offer, pending, passport, show, history: historyPage, settings, pin: changePin };
const NAV = ['home', 'receive', 'history', 'settings'];
/** Seconds between two looks at status lists without being asked. */
const REFRESH_EVERY = 60;
/** Milliseconds that a notice stands at most. */
const NOTICE_FOR = 20_000;

const at = (id) => document.getElementById(id);

class App {
  t = texts;
  vc = vc;
  link = null;
  lockedItself = false;
  onLock = null;
  install = null;
  version = null;
  #offered = null;
  #leave = null;
  #turn = 0;
  #refreshed = 0;
  #timer = null;
  #update = null;
  #noticed = false;

  get locked() {
    return !this.vault.isOpen;
  }

  async start() {
    if (!globalThis.indexedDB || !globalThis.WebAssembly || !crypto.subtle) throw new Error('storage, WebAssembly or cryptography is missing');
    this.#takeOffer();
    const [database] = await Promise.all([Database.open(), init()]);
    this.config = await configuration(database);
    this.vault = new Vault(database, {
      stretch: async (pin, salt, { memoryKib, passes }) => vc.keyFromPin(pin, salt, memoryKib, passes),
    });
    this.registry = new Registry(vc, database, this.config);
    const loopback = location.protocol === 'http:';
    this.wallet = new Wallet({ vc, vault: this.vault, registry: this.registry, loopback });
    this.#timer = autoLock({ isOpen: () => this.vault.isOpen, lock: () => this.lock(true) });
    this.#look();
    addEventListener('hashchange', () => {
      this.#takeOffer();
      this.guard(this.render());
    });
    for (const change of ['online', 'offline']) addEventListener(change, () => this.#banner());
    addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault();
      this.install = async () => {
        await event.prompt();
        this.install = null;
        this.guard(this.render());
      };
    });
    this.#banner();
    await this.render();
    this.guard(this.#serviceWorker());
  }

  /** Runs what nobody waits for; a fault of ours is told on the page. */
  guard(work) {
    Promise.resolve(work).catch((error) => {
      console.error(error);
      this.show(this.#broken(error));
    });
  }

  go(hash) {
    if (location.hash === hash) this.guard(this.render());
    else location.hash = hash;
  }

  /** Shows the page of the address, or what must come before it. */
  async render() {
    const [name, ...rest] = location.hash.slice(1).split('/');
    const page = PAGES[name] ?? home;
    const lock = await this.vault.lock();
    if (!lock) return this.show(setup(this));
    if (this.locked) return this.show(unlock(this));
    if (this.link && name !== 'offer') return this.go('#offer');
    if (name === 'offer' && !this.link) return this.go('#home');
    return this.show(page(this, ...rest.map(decodeURIComponent)), name);
  }

  /** Shows a page: `{title, content, bare?, shown?, leave?}`. */
  async show(page, name = '') {
    this.#turn += 1;
    const turn = this.#turn;
    const main = at('main');
    main.setAttribute('aria-busy', 'true');
    let made;
    try {
      made = await page;
    } catch (error) {
      console.error(error);
      made = this.#broken(error);
    }
    if (turn !== this.#turn) return made.leave?.();
    this.#leave?.();
    this.#leave = made.leave ?? null;
    if (!this.#noticed) at('notices').replaceChildren(this.#update ?? '');
    this.#noticed = false;
    main.replaceChildren(...made.content.flat(Infinity).filter(Boolean));
    main.removeAttribute('aria-busy');
    document.title = `${made.title} – ${this.config.product}`;
    this.#nav(made.bare ? null : name || 'home');
    scrollTo(0, 0);
    (main.querySelector('.nhsuk-error-summary') ?? main.querySelector('h1') ?? main).focus({ preventScroll: true });
    made.shown?.();
  }

  /** A short word on what was done, read aloud. */
  notice(words, { bad = false } = {}) {
    const said = h('p', { class: bad ? 'wallet-notice wallet-notice--bad' : 'wallet-notice' }, words);
    at('notices').replaceChildren(said);
    // It is read on the page that comes next, and goes with that.
    this.#noticed = true;
    setTimeout(() => said.remove(), NOTICE_FOR);
  }

  /** Waits until what was last said can be seen. */
  painted() {
    return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  }

  touch() {
    this.#timer.touch();
  }

  async unlocked() {
    this.lockedItself = false;
    await navigator.storage?.persist?.().catch(() => false);
    await this.render();
  }

  lock(itself) {
    this.onLock?.();
    this.vault.close();
    this.lockedItself = itself;
    this.guard(this.render());
    this.guard(this.#useNewVersion());
  }

  async erase() {
    await this.vault.erase();
    this.notice(this.t.settings.erased);
    this.link = null;
    history.replaceState(null, '', '/');
    await this.render();
  }

  /** Takes up an offer link. */
  offered(found) {
    this.link = found;
    this.#offered = null;
    this.go('#offer');
  }

  /** The offer, fetched once for each link however often its page is shown. */
  offer() {
    this.#offered ??= this.wallet.open(this.link);
    return this.#offered;
  }

  forgetOffer() {
    this.link = null;
    this.#offered = null;
  }

  dropOffer() {
    this.forgetOffer();
    this.go('#home');
  }

  /** Looks at the status lists when that was not done just now. */
  refreshSoon() {
    if (Date.now() - this.#refreshed < REFRESH_EVERY * 1000) return;
    this.#refreshed = Date.now();
    const turn = this.#turn;
    this.guard(
      this.wallet.refresh().then(async ({ asked, renewed }) => {
        // Only where nothing is typed or read that would be torn away.
        const quiet = document.activeElement === document.querySelector('h1') || document.activeElement === document.body;
        if (asked && turn === this.#turn && quiet) await this.render();
        const words = this.#renewals(renewed.filter(({ checks }) => checks.length > 0));
        if (words) this.notice(words);
      }).catch((error) => {
        if (!(error instanceof Trouble) && !this.locked) throw error;
      }),
    );
  }

  async checkNow(pressed) {
    pressed.disabled = true;
    pressed.textContent = this.t.standing.checking;
    let words;
    let bad = false;
    try {
      const { asked, renewed, trouble: found } = await this.wallet.refresh({ told: true });
      if (found && asked) throw found;
      bad = !asked;
      words = asked ? this.#renewals(renewed) || this.t.standing.looked : this.t.standing.checkFailed;
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      const { what, next } = this.t.troubles[error.code];
      words = `${what} ${next}`;
      bad = true;
    }
    await this.render();
    this.notice(words, { bad });
  }

  /** What new copies say that the old ones did not. */
  #renewals(renewed) {
    const { standing: t, and } = this.t;
    const checks = [...new Set(renewed.flatMap((one) => one.checks))];
    if (checks.length > 0) return t.renewed(and(checks.map((name) => label([name]))));
    return renewed.length > 0 ? t.upToDate : null;
  }

  #takeOffer() {
    const inside = new URLSearchParams(location.hash.slice(1)).get('offer');
    if (!inside) return;
    this.link = offerLink(inside) ?? inside;
    this.#offered = null;
    // An offer is a secret: it does not stay in the address and the browser's history.
    history.replaceState(null, '', '/#offer');
  }

  #look() {
    const { product, theme } = this.config;
    at('product').textContent = plain(product);
    at('skip').textContent = this.t.skip;
    document.documentElement.lang = this.t.language;
    if (/^#[0-9a-f]{6}$/i.test(theme ?? '')) {
      document.documentElement.style.setProperty('--brand', theme);
      document.querySelector('meta[name=theme-color]').content = theme;
    }
  }

  #nav(current) {
    const nav = at('nav');
    nav.hidden = current === null;
    nav.setAttribute('aria-label', this.t.nav.label);
    const items = NAV.map((name) => {
      const there = link(this.t.nav[name], `#${name}`);
      if (name === current) there.setAttribute('aria-current', 'page');
      return h('li', {}, there);
    });
    nav.replaceChildren(h('ul', {}, items));
  }

  #banner() {
    document.getElementById('offline')?.remove();
    if (navigator.onLine) return;
    at('notices').before(h('p', { id: 'offline', class: 'wallet-offline', role: 'status' }, this.t.offlineBanner));
  }

  #broken(error) {
    const words = error.code ? troubleWords(this, error) : troubleWords(this, new Trouble('unknown', String(error?.message ?? error)));
    return { title: this.t.faultTitle, content: [title(this.t.faultTitle), trouble(...words), button(this.t.tryAgain, () => this.guard(this.render()))] };
  }

  async #serviceWorker() {
    const workers = navigator.serviceWorker;
    if (!workers) return;
    let controlled = Boolean(workers.controller);
    workers.addEventListener('controllerchange', () => {
      if (controlled) location.reload();
      controlled = true;
    });
    workers.addEventListener('message', ({ data }) => {
      if (data.version) this.version = data.version;
    });
    const registration = await workers.register(scriptAddress('/sw.js'), { scope: '/', updateViaCache: 'none' });
    workers.ready.then(({ active }) => active.postMessage('version'));
    const ready = (worker) => {
      if (worker?.state === 'installed' && workers.controller) this.guard(this.#newVersion(worker));
    };
    ready(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing;
      worker?.addEventListener('statechange', () => ready(worker));
    });
  }

  /** A new version takes over at once while the wallet is locked, else when the holder says so. */
  async #newVersion(worker) {
    this.waiting = worker;
    if (this.locked) return this.#useNewVersion();
    const { t } = this;
    const now = button(t.update.now, () => this.guard(this.#useNewVersion()), 'nhsuk-button--small');
    this.#update = h('p', { class: 'wallet-notice' }, `${t.update.ready} `, now);
    at('notices').replaceChildren(this.#update);
  }

  async #useNewVersion() {
    this.waiting?.postMessage('take-over');
  }
}

const app = new App();
app.start().catch((error) => {
  console.error(error);
  const { broken } = texts;
  at('main').replaceChildren(
    title(broken.title),
    trouble(broken.title, ...(error instanceof Trouble && error.code === 'offline' ? Object.values(texts.troubles.offline) : [broken.what, broken.next])),
    h('details', { class: 'nhsuk-details' }, h('summary', { class: 'nhsuk-details__summary' }, h('span', { class: 'nhsuk-details__summary-text' }, broken.detail)), paragraph(String(error?.message ?? error))),
  );
  document.title = broken.title;
});
