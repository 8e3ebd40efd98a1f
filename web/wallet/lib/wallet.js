// The wallet's own state: passports, what waits for an answer, history. Everything of it is sealed;
// pages read and change it only through here.

import { base64url, random } from './bytes.js';
import { request } from './network.js';
import * as receiving from './receive.js';
import * as renewing from './renew.js';
import { statusOf } from './status.js';
import { Trouble, held } from './trouble.js';
import { forIssuer, person } from './words.js';

/** Seconds after which an untold answer is dropped: its access has ended by then. */
const TELL_FOR = 24 * 3600;
/** Seconds after which an offer that was never collected is dropped. */
const PENDING_FOR = 7 * 24 * 3600;

/** What it is called when the issuer gives no more copies. */
const OVER = { INVALID: 'renewal-ended', SUSPENDED: 'renewal-suspended', SUPERSEDED: 'renewal-moved' };
/** How names of the keys begin that tokens are bound to. */
const CLIENT = 'client:';

const now = () => Math.floor(Date.now() / 1000);
const newId = () => base64url(random(9));
const byAge = (left, right) => right.at - left.at;

export class Wallet {
  constructor({ vc, vault, registry, loopback }) {
    Object.assign(this, { vc, vault, registry, loopback });
  }

  /** Every passport, newest first, opened: `{id, claims, credential, …}`. */
  async passports() {
    const kept = await this.vault.list('passport:');
    const opened = kept.map(([, record]) => this.#opened(record)).sort((left, right) => right.receivedAt - left.receivedAt);
    const seen = new Set();
    for (const one of opened) {
      const whose = JSON.stringify([one.claims.iss, one.claims.vct, one.claims.subject_ref]);
      one.older = seen.has(whose);
      seen.add(whose);
    }
    return opened;
  }

  async passport(id) {
    return (await this.passports()).find((one) => one.id === id) ?? null;
  }

  #opened(record) {
    const credential = held('bad-credential', () =>
      this.vc.Credential.verifyWithKey(record.credential, record.issuerKey, 'dc+sd-jwt'),
    );
    const claims = JSON.parse(credential.claims());
    return { ...record, text: record.credential, credential, claims, name: person(claims) };
  }

  /**
   * Asks whether each passport still stands, and renews those that are due, or all that can be when
   * told to: `{asked, renewed: [{name, checks}], trouble?}`.
   */
  async refresh({ told = false } = {}) {
    const trust = await this.registry.current();
    if (!trust || trust.expired) return { asked: false, renewed: [] };
    const found = { asked: false, renewed: [] };
    for (const one of await this.passports()) {
      try {
        const status = await this.#look(one, trust);
        found.asked = true;
        // What has ended is not asked for again.
        if (told && status.state === 'INVALID') throw new Trouble(OVER.INVALID);
        const wanted = told ? one.renewal && !one.renewal.over && !one.older : renewing.isDue({ ...one, status }, now());
        if (wanted) found.renewed.push(await this.#alone(() => this.#renew(one.id, trust)));
      } catch (error) {
        if (!(error instanceof Trouble)) throw error;
        found.trouble ??= error;
      }
    }
    await this.tell();
    return found;
  }

  async #look(one, trust) {
    const status = await statusOf(this.vc, one.claims, trust);
    await this.#change(`passport:${one.id}`, (record) => ({ ...record, status }));
    return status;
  }

  /** A refresh token is good once: one tab at a time. */
  #alone(work) {
    return globalThis.navigator?.locks ? navigator.locks.request('renew', work) : work();
  }

  /** Puts a new copy in the place of the old; what is held stands unless every check passes. */
  async #renew(id, trust) {
    const name = `passport:${id}`;
    const before = await this.passport(id);
    const client = await this.#client(before);
    await this.#change(name, (record) => ({ ...record, triedAt: now() }));
    const [record, keep] = [await this.vault.read(name), this.vault.keeper()];
    try {
      const { token, pending } = await renewing.ask(this.vc, before, client, trust, this.loopback);
      // Kept before anything else is asked for: the old one is good no more.
      await keep([[name, { ...record, renewal: { ...record.renewal, token } }]]);
      const received = await receiving.collect(this.vc, pending, await this.vault.key(id), client);
      if (received.stage !== 'received') throw new Trouble('answer', 'issued later');
      return await this.#replace(before, received, trust);
    } catch (error) {
      if (!['renewal-over', 'offer-gone'].includes(error.code)) throw error;
      const status = await this.#look(before, trust);
      // What is suspended may come back.
      const over = status.state !== 'SUSPENDED';
      await this.#change(name, (record) => ({ ...record, renewal: { ...record.renewal, over } }));
      throw new Trouble(OVER[status.state] ?? 'renewal-over', error.message);
    }
  }

  async #replace(before, received, trust) {
    const failed = async (error) => {
      await this.#queue({ ...received, client: before.client }, { event: 'credential_failure' });
      throw error;
    };
    let checked;
    let status;
    try {
      checked = receiving.check(this.vc, received, trust);
      if (checked.claims.subject_ref !== before.claims.subject_ref) throw new Trouble('bad-credential', 'another person');
      status = await statusOf(this.vc, checked.claims, trust);
      if (status.state !== 'VALID') throw new Trouble('bad-credential', String(status.state));
    } catch (error) {
      if (error instanceof Trouble && error.code === 'bad-credential') await failed(new Trouble('renewal-refused', error.message));
      throw error;
    }
    await this.#queue({ ...received, client: before.client }, { event: 'credential_accepted' });
    await this.#change(`passport:${before.id}`, ({ triedAt, ...record }) => ({
      ...record,
      credential: received.credential,
      issuerKey: checked.issuerKey,
      issuer: received.issuer,
      status,
      renewedAt: now(),
      expiryNoted: false,
    }));
    const checks = renewing.changed(before.claims, checked.claims);
    if (checks.length > 0) await this.log({ kind: 'renewed', passport: before.type, from: before.issuer, checks });
    return { name: before.type, checks };
  }

  /** The key that an issuer's tokens are bound to: `{pair, alg, jwk}`, or null. */
  async #client({ client }) {
    return client ? { ...client, pair: await this.vault.key(client.name) } : null;
  }

  /** Reads an offer: who offers what. Sends nothing. */
  async open(link) {
    return receiving.openOffer(this.vc, link, await this.registry.inForce(), this.loopback);
  }

  /** Starts to collect: from here on the offer is used, and what is needed to go on is kept. */
  async authorise(offered, txCode) {
    const { pair, client, pending } = await receiving.authorise(this.vc, offered, txCode);
    const id = newId();
    const name = `${CLIENT}${newId()}`;
    const kept = client && { name, alg: client.alg, jwk: client.jwk };
    const keys = client ? [[id, pair], [name, client.pair]] : [[id, pair]];
    await this.vault.write([[`pending:${id}`, { id, ...pending, client: kept }]], keys);
    return id;
  }

  /** What was begun and not answered, newest first. */
  async pending() {
    const kept = (await this.vault.list('pending:')).map(([, record]) => record);
    const old = kept.filter(({ at }) => at < now() - PENDING_FOR);
    for (const { id } of old) await this.forget(id);
    return kept.filter((one) => !old.includes(one)).sort(byAge);
  }

  pendingOne(id) {
    return this.vault.read(`pending:${id}`);
  }

  /** One step on with what was begun: gives the record as it stands then. */
  async advance(id) {
    const pending = await this.pendingOne(id);
    if (!pending) throw new Trouble('offer-gone');
    if (pending.stage === 'review') return pending;
    const client = await this.#client(pending);
    const stepped =
      pending.stage === 'collecting'
        ? await receiving.collect(this.vc, pending, await this.vault.key(id), client)
        : pending.stage === 'waiting'
          ? await receiving.collectLater(this.vc, pending, client)
          : pending;
    // A received credential is kept (sealed) before it is checked: its issuer gives it only once.
    if (stepped !== pending) await this.vault.write([[`pending:${id}`, stepped]]);
    if (stepped.stage !== 'received') return stepped;
    return this.#review(stepped);
  }

  async #review(received) {
    const trust = await this.registry.inForce();
    let checked;
    let status;
    try {
      checked = receiving.check(this.vc, received, trust);
      status = await statusOf(this.vc, checked.claims, trust);
      if (status.state !== 'VALID') throw new Trouble('not-valid', String(status.state));
    } catch (error) {
      if (error instanceof Trouble && ['bad-credential', 'not-valid'].includes(error.code)) {
        await this.#queue(received, { event: 'credential_failure' });
        await this.forget(received.id);
        await this.tell();
      }
      throw error;
    }
    const review = { ...received, stage: 'review', issuerKey: checked.issuerKey, status };
    await this.vault.write([[`pending:${received.id}`, review]]);
    return review;
  }

  /** The claims of what waits for the holder's answer. */
  claims(review) {
    return this.#opened(review).claims;
  }

  /** The six digits that HR compares. */
  digits({ jwk, transactionId }) {
    return this.vc.confirmationDigits(jwk, transactionId);
  }

  /** Takes a passport into the wallet. */
  async accept(id) {
    const { stage, access, endpoints, request: asked, notificationId, at, ...rest } = await this.pendingOne(id);
    const record = { ...rest, type: rest.name, receivedAt: now() };
    await this.#queue({ access, endpoints, notificationId, client: rest.client }, { event: 'credential_accepted' });
    await this.vault.write([
      [`passport:${id}`, record],
      [`pending:${id}`, undefined],
    ]);
    await this.log({ kind: 'received', passport: record.name, from: record.issuer });
    await this.tell();
  }

  /** Refuses what was received, with a reason for the issuer's HR. */
  async reject(id, reason, words) {
    const pending = await this.pendingOne(id);
    const description = this.vc.refusalDescription(reason, forIssuer(words));
    await this.#queue(pending, { event: 'credential_deleted', event_description: description });
    await this.forget(id);
    await this.log({ kind: 'rejected', passport: pending.name, from: pending.issuer, reason, words });
    await this.tell();
  }

  /** Drops what was begun, with its key. */
  async forget(id) {
    await this.vault.write([[`pending:${id}`, undefined]], [[id, undefined]]);
  }

  /** Deletes a passport and its key. */
  async remove(id) {
    const one = await this.passport(id);
    await this.vault.write([[`passport:${id}`, undefined]], [[id, undefined]]);
    await this.#sweep();
    await this.log({ kind: 'deleted', passport: one.type, from: one.issuer });
  }

  /** Adds to the history; gives the entry's id. */
  async log(entry) {
    const id = newId();
    await this.vault.write([[`history:${id}`, { id, at: now(), ...entry }]]);
    return id;
  }

  async history() {
    return (await this.vault.list('history:')).map(([, entry]) => entry).sort(byAge);
  }

  async forgetHistory(id) {
    await this.vault.write([[`history:${id}`, undefined]]);
  }

  /** Notes once that a passport's copy has ended. */
  async noteExpired() {
    for (const one of await this.passports()) {
      if (one.claims.exp > now() || one.expiryNoted) continue;
      await this.#change(`passport:${one.id}`, (record) => ({ ...record, expiryNoted: true }));
      await this.log({ kind: 'expired', passport: one.type, from: one.issuer });
    }
  }

  /** Tells issuers what waits to be told; what can't be told now waits on. */
  async tell() {
    for (const [name, message] of await this.vault.list('outbox:')) {
      try {
        const client = await this.#client(message);
        if (message.at > now() - TELL_FOR && !(await receiving.notify(this.vc, message, client))) continue;
        await this.vault.write([[name, undefined]]);
      } catch (error) {
        if (!(error instanceof Trouble)) throw error;
      }
    }
    await this.#sweep();
  }

  /** Drops keys of issuers' tokens that nothing needs any more. */
  async #sweep() {
    const kept = await this.vault.keyNames(CLIENT);
    const users = await Promise.all(['pending:', 'passport:', 'outbox:'].map((prefix) => this.vault.list(prefix)));
    const needed = new Set(users.flat().map(([, { client }]) => client?.name));
    const unused = kept.filter((name) => !needed.has(name));
    if (unused.length > 0) await this.vault.write([], unused.map((name) => [name, undefined]));
  }

  async #queue({ access, endpoints, notificationId, client }, event) {
    if (!endpoints.notification || !notificationId) return;
    const body = { notification_id: notificationId, ...event };
    await this.vault.write([[`outbox:${newId()}`, { endpoint: endpoints.notification, nonceFrom: endpoints.nonce, access, client, body, at: now() }]]);
  }

  async #change(name, change) {
    const record = await this.vault.read(name);
    if (record) await this.vault.write([[name, change(record)]]);
  }
}

/** What this origin says of itself; the copy that was kept when it can't be asked. */
export async function configuration(database) {
  try {
    const answer = await request(new URL('/config.json', location.origin).href, { headers: { accept: 'application/json' } });
    if (!answer.ok) throw new Trouble('offline');
    const config = JSON.parse(answer.text);
    await database.write([['meta', 'config', config]]);
    return config;
  } catch {
    const kept = await database.get('meta', 'config');
    if (!kept) throw new Trouble('offline', 'no configuration yet');
    return kept;
  }
}
