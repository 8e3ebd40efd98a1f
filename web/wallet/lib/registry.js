// Whom the wallet believes: the network's registry, signed by the pinned operators. The last good
// copy is kept (in the clear: it is public), and an older version is never taken again.

import { request } from './network.js';
import { Trouble, held } from './trouble.js';

const now = () => Math.floor(Date.now() / 1000);

/** A verified registry, with when it was fetched and whether it is past its date. */
class Trust {
  constructor(registry, kept, expired) {
    this.registry = registry;
    this.payload = JSON.parse(registry.payload());
    this.fetchedAt = kept.fetchedAt;
    this.expired = expired;
  }

  /** The organisation that issues under this identifier. */
  issuer(url) {
    return this.payload.organisations.find(({ issuer }) => issuer?.url === url);
  }

  /** Active organisations that scan, by name. */
  get hosts() {
    return this.payload.organisations
      .filter(({ state, verifier }) => state === 'active' && verifier)
      .sort((left, right) => left.name.localeCompare(right.name, 'en-GB'));
  }

  /** Whether an address belongs to an active issuer. */
  mayAsk(url) {
    const { origin } = new URL(url);
    return this.payload.organisations.some(
      ({ state, issuer }) => state === 'active' && issuer && new URL(issuer.url).origin === origin,
    );
  }
}

export class Registry {
  #vc;
  #database;
  #config;
  #trust = null;

  constructor(vc, database, config) {
    this.#vc = vc;
    this.#database = database;
    this.#config = config;
  }

  /** The newest copy at hand, the kept one when the network can't be reached; null when none. */
  async current() {
    const kept = await this.#kept();
    try {
      await this.#fetch(kept);
    } catch (error) {
      if (!(error instanceof Trouble) || error.code !== 'offline') throw error;
    }
    return this.atHand();
  }

  /** The kept copy, without asking anybody. */
  async atHand() {
    if (this.#trust) return this.#fresh(this.#trust);
    const kept = await this.#kept();
    if (!kept) return null;
    // Names of hosts may still be read from a copy that was good when it was fetched.
    const registry = held('registry', () => this.#verify(kept.document, kept.version, kept.fetchedAt));
    this.#trust = this.#fresh(new Trust(registry, kept, false));
    return this.#trust;
  }

  /** A registry in force, or the trouble that there is none. */
  async inForce() {
    const trust = await this.current();
    if (!trust) throw new Trouble('offline', 'no registry yet');
    if (trust.expired) throw new Trouble('registry-expired');
    return trust;
  }

  #fresh(trust) {
    trust.expired = trust.payload.exp < now();
    return trust;
  }

  async #kept() {
    const kept = await this.#database.get('meta', 'registry');
    // A copy of another network, or under other operators, is none of ours.
    return kept?.pins === this.#pins ? kept : null;
  }

  get #pins() {
    const { registry, operators, threshold } = this.#config;
    return JSON.stringify([registry, operators, threshold]);
  }

  #verify(document, last, at) {
    const { operators, threshold } = this.#config;
    return this.#vc.Registry.verify(document, JSON.stringify(operators), threshold, last, at);
  }

  async #fetch(kept) {
    const headers = { accept: 'application/json' };
    if (kept?.etag) headers['if-none-match'] = kept.etag;
    const answer = await request(this.#config.registry, { headers });
    if (answer.status === 304) return;
    if (!answer.ok) throw new Trouble('offline', `the registry answers ${answer.status}`);
    const registry = held('registry', () => this.#verify(answer.text, kept?.version, now()));
    const fresh = {
      document: answer.text,
      version: JSON.parse(registry.payload()).version,
      etag: answer.etag,
      fetchedAt: now(),
      pins: this.#pins,
    };
    await this.#database.write([['meta', 'registry', fresh]]);
    this.#trust = new Trust(registry, fresh, false);
  }
}
