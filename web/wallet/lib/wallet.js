// The wallet's own state: passports, what waits for an answer, history. Everything of it is sealed;
// pages read and change it only through here.

import { base64url, random } from './bytes.js';
import { request } from './network.js';
import * as receiving from './receive.js';
import { statusOf } from './status.js';
import { Trouble, held } from './trouble.js';
import { forIssuer, person } from './words.js';

/** Seconds after which an untold answer is dropped: its access has ended by then. */
const TELL_FOR = 24 * 3600;
/** Seconds after which an offer that was never collected is dropped. */
const PENDING_FOR = 7 * 24 * 3600;

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

  /** Asks whether each passport still stands; gives whether anything could be asked. */
  async refresh() {
    const trust = await this.registry.current();
    if (!trust || trust.expired) return false;
    let asked = false;
    for (const one of await this.passports()) {
      try {
        const status = await statusOf(this.vc, one.claims, trust);
        await this.#change(`passport:${one.id}`, (record) => ({ ...record, status }));
        asked = true;
      } catch (error) {
        if (!(error instanceof Trouble)) throw error;
      }
    }
    await this.tell();
    return asked;
  }

  /** Reads an offer: who offers what. Sends nothing. */
  async open(link) {
    return receiving.openOffer(this.vc, link, await this.registry.inForce(), this.loopback);
  }

  /** Starts to collect: from here on the offer is used, and what is needed to go on is kept. */
  async authorise(offered, txCode) {
    const { pair, pending } = await receiving.authorise(this.vc, offered, txCode);
    const id = newId();
    await this.vault.write([[`pending:${id}`, { id, ...pending }]], [[id, pair]]);
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
    const stepped =
      pending.stage === 'collecting'
        ? await receiving.collect(this.vc, pending, await this.vault.key(id))
        : pending.stage === 'waiting'
          ? await receiving.collectLater(this.vc, pending)
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
    await this.#queue({ access, endpoints, notificationId }, { event: 'credential_accepted' });
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
        if (message.at > now() - TELL_FOR && !(await receiving.notify(message))) continue;
        await this.vault.write([[name, undefined]]);
      } catch (error) {
        if (!(error instanceof Trouble)) throw error;
      }
    }
  }

  async #queue({ access, endpoints, notificationId }, event) {
    if (!endpoints.notification || !notificationId) return;
    const body = { notification_id: notificationId, ...event };
    await this.vault.write([[`outbox:${newId()}`, { endpoint: endpoints.notification, access, body, at: now() }]]);
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
