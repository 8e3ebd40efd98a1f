// What is at rest: records sealed with AES-GCM under a data key, which is wrapped under a key from
// the holder's PIN (argon2id) or passkey (WebAuthn PRF). docs/phone-wallet.md says what this stops.

import { joined, random, text, utf8 } from './bytes.js';

/** What one guess of a PIN costs. */
export const PIN_COST = { memoryKib: 64 * 1024, passes: 3 };
/** Wrong PINs after which everything is destroyed. */
export const MAX_WRONG = 5;
/** Seconds to wait after the first, second, … wrong PIN. */
export const PAUSES = [0, 5, 30, 60];
export const MIN_PIN = 6;
export const MAX_PIN = 12;

const AES = 'AES-GCM';
const IV_BYTES = 12;

/** Why a PIN can't be taken: `form` or `easy`; nothing when it can. */
export function pinFault(pin) {
  if (!/^[0-9]+$/.test(pin) || pin.length < MIN_PIN || pin.length > MAX_PIN) return 'form';
  const steps = new Set([...pin].slice(1).map((digit, index) => (Number(digit) - Number(pin[index]) + 10) % 10));
  const repeats = [1, 2, 3].some((length) => pin === pin.slice(0, length).repeat(pin.length / length));
  // 111111, 123456, 987654, 121212, 123123
  const runs = steps.size === 1 && (steps.has(0) || steps.has(1) || steps.has(9));
  return runs || repeats ? 'easy' : null;
}

/** The PIN was wrong; `left` tries remain before everything is destroyed. */
export class WrongPin extends Error {
  constructor(left, pause) {
    super('wrong PIN');
    this.left = left;
    this.pause = pause;
  }
}

/** A try too soon after a wrong one; `seconds` to wait. */
export class TooSoon extends Error {
  constructor(seconds) {
    super('too soon after a wrong PIN');
    this.seconds = seconds;
  }
}

/** The fifth PIN was wrong too: nothing is left. */
export class Destroyed extends Error {
  constructor() {
    super('everything was destroyed');
  }
}

async function seal(key, bytes, name) {
  const iv = random(IV_BYTES);
  const algorithm = { name: AES, iv, additionalData: utf8(name) };
  return { iv, data: new Uint8Array(await crypto.subtle.encrypt(algorithm, key, bytes)) };
}

async function unseal(key, { iv, data }, name) {
  const algorithm = { name: AES, iv, additionalData: utf8(name) };
  return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, data));
}

async function wrappingKey(secret, salt, info) {
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt, info: utf8(info) };
  return crypto.subtle.deriveKey(algorithm, material, { name: AES, length: 256 }, false, ['encrypt', 'decrypt']);
}

/** The sealed store. `stretch(pin, salt, cost)` is argon2id; `now` gives milliseconds. */
export class Vault {
  #database;
  #stretch;
  #now;
  #key = null;

  constructor(database, { stretch, now = () => Date.now() }) {
    this.#database = database;
    this.#stretch = stretch;
    this.#now = now;
  }

  /** How it is locked: `{kind: 'pin' | 'passkey', …}`, or nothing before it is set up. */
  lock() {
    return this.#database.get('meta', 'lock');
  }

  get isOpen() {
    return this.#key !== null;
  }

  /** Forgets the data key. */
  close() {
    this.#key = null;
  }

  /** Sets up, locked by a PIN. */
  async createWithPin(pin) {
    const device = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    await this.#database.write([['keys', 'device', device]]);
    await this.#create(await this.#pinLock(pin, random(32)));
  }

  /** Sets up, locked by a passkey: `{credentialId, prfSalt, secret}`. */
  async createWithPasskey(passkey) {
    await this.#create(await this.#passkeyLock(passkey, random(32)));
  }

  /** Opens with the PIN. */
  async openWithPin(pin) {
    await this.#use(await this.#guess(pin));
  }

  /** Opens with the secret that the passkey gave. */
  async openWithPasskey(secret) {
    const lock = await this.lock();
    const key = await wrappingKey(secret, lock.salt, 'vault passkey');
    await this.#use(await unseal(key, lock.wrapped, 'vault passkey'));
  }

  /** A new PIN in place of the old, which counts as a try. */
  async changePin(old, fresh) {
    const raw = await this.#guess(old);
    const { lock } = await this.#pinLock(fresh, raw);
    await this.#keepLock(lock);
    raw.fill(0);
  }

  /** Destroys everything: keys, records, lock. */
  async erase() {
    this.close();
    await this.#database.erase();
  }

  async read(name) {
    const sealed = await this.#database.get('sealed', name);
    return sealed ? this.#open(name, sealed) : undefined;
  }

  /** Every record whose name begins so, as `[name, value]`. */
  async list(prefix) {
    const all = await this.#database.all('sealed');
    const wanted = all.filter(([name]) => name.startsWith(prefix));
    return Promise.all(wanted.map(async ([name, sealed]) => [name, await this.#open(name, sealed)]));
  }

  /** Writes records (`undefined` deletes), and keys, all or nothing. */
  async write(records, keys = []) {
    return this.keeper()(records, keys);
  }

  /** A `write` that works on although the vault is locked meanwhile: for what must not be lost. */
  keeper() {
    const key = this.#key;
    if (!key) throw new Error('the vault is locked');
    return (records, keys = []) => this.#write(key, records, keys);
  }

  async #write(key, records, keys) {
    const changes = keys.map(([name, value]) => ['keys', name, value]);
    for (const [name, value] of records) {
      const sealed = value === undefined ? undefined : await seal(key, utf8(JSON.stringify(value)), name);
      changes.push(['sealed', name, sealed]);
    }
    await this.#database.write(changes);
  }

  /** Names of all keys that begin so. */
  async keyNames(prefix) {
    return (await this.#database.all('keys')).map(([name]) => name).filter((name) => name.startsWith(prefix));
  }

  /** A holder's key pair. */
  key(name) {
    return this.#database.get('keys', name);
  }

  async #open(name, sealed) {
    if (!this.#key) throw new Error('the vault is locked');
    return JSON.parse(text(await unseal(this.#key, sealed, name)));
  }

  async #create({ lock, raw }) {
    await this.#database.write([['meta', 'lock', lock]]);
    await this.#use(raw);
  }

  async #keepLock(lock) {
    await this.#database.write([['meta', 'lock', lock]]);
  }

  async #use(raw) {
    this.#key = await crypto.subtle.importKey('raw', raw, AES, false, ['encrypt', 'decrypt']);
    raw.fill(0);
  }

  async #pinLock(pin, raw) {
    const salt = random(16);
    const key = await this.#pinKey(pin, salt, PIN_COST);
    const wrapped = await seal(key, raw, 'vault pin');
    return { raw, lock: { kind: 'pin', salt, ...PIN_COST, wrapped, wrong: 0, notBefore: 0 } };
  }

  async #passkeyLock({ credentialId, prfSalt, secret }, raw) {
    const salt = random(16);
    const key = await wrappingKey(secret, salt, 'vault passkey');
    const wrapped = await seal(key, raw, 'vault passkey');
    return { raw, lock: { kind: 'passkey', credentialId, prfSalt, salt, wrapped } };
  }

  /** argon2id of the PIN, bound to a key that this browser does not give away. */
  async #pinKey(pin, salt, cost) {
    const device = await this.#database.get('keys', 'device');
    const stretched = await this.#stretch(pin, salt, cost);
    const bound = new Uint8Array(await crypto.subtle.sign('HMAC', device, salt));
    return wrappingKey(joined(stretched, bound), salt, 'vault pin');
  }

  /** The data key, for one try of a PIN. It is counted before it is judged, one tab at a time. */
  #guess(pin) {
    const guess = () => this.#counted(pin);
    return globalThis.navigator?.locks ? navigator.locks.request('vault', guess) : guess();
  }

  async #counted(pin) {
    const lock = await this.lock();
    // The last try was broken off before it was judged.
    if (lock.wrong >= MAX_WRONG) return this.#destroy();
    const seconds = Math.ceil((lock.notBefore - this.#now()) / 1000);
    // A clock that was set back must not lock out for ever.
    if (seconds > 0 && seconds <= PAUSES.at(-1)) throw new TooSoon(seconds);
    const wrong = lock.wrong + 1;
    const pause = PAUSES[Math.min(wrong, PAUSES.length) - 1];
    await this.#keepLock({ ...lock, wrong, notBefore: this.#now() + pause * 1000 });
    const { memoryKib, passes } = lock;
    const key = await this.#pinKey(pin, lock.salt, { memoryKib, passes });
    let raw;
    try {
      raw = await unseal(key, lock.wrapped, 'vault pin');
    } catch {
      if (wrong >= MAX_WRONG) return this.#destroy();
      throw new WrongPin(MAX_WRONG - wrong, pause);
    }
    await this.#keepLock({ ...lock, wrong: 0, notBefore: 0 });
    return raw;
  }

  async #destroy() {
    await this.erase();
    throw new Destroyed();
  }
}
