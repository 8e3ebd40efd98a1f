// Showing a passport: what a host asks for, and a fresh code signed by the holder's key.

import { base64url, random } from './bytes.js';
import { signed } from './holder-key.js';
import { document_ } from './network.js';

/** Seconds that a code is shown before a fresh one takes its place. */
export const RENEWED_EVERY = 30;
/** Characters of the largest single code: QR version 25 at level L, alphanumeric. */
const MAX_CHARS = 1853;
/** Characters of one part of a longer one: version 17. */
const PART_CHARS = 938;
/** Milliseconds that a part stands. */
export const PART_TIME = 400;

const now = () => Math.floor(Date.now() / 1000);

/** The placements that a host publishes for a staff group, or the shipped ones: `{own, list}`. */
export async function placements(vc, host, staffGroup) {
  const fitting = (list) => {
    const fits = list.filter(({ staff_group: group }) => group === staffGroup || group === 'ANY');
    const specific = new Set(fits.filter(({ staff_group: group }) => group !== 'ANY').map(({ kind }) => kind));
    return fits.filter(({ kind, staff_group: group }) => group !== 'ANY' || !specific.has(kind));
  };
  try {
    const published = JSON.parse(await document_(`${base(host)}/requirements`)).requirements;
    return { own: true, list: fitting(published) };
  } catch {
    return { own: false, list: fitting(JSON.parse(vc.shippedRequirements())) };
  }
}

/** What the host asks for one placement: its own word, else the shipped copy; null when neither. */
export async function requirement(vc, host, kind, staffGroup) {
  try {
    const text = await document_(`${base(host)}/requirements/${encodeURIComponent(kind)}/${encodeURIComponent(staffGroup)}`);
    return { own: true, ...JSON.parse(vc.readRequirement(text)) };
  } catch {
    const shipped = vc.shippedRequirement(kind, staffGroup);
    return shipped ? { own: false, ...JSON.parse(shipped) } : null;
  }
}

const base = (host) => host.verifier.url.replace(/\/+$/, '');

/** Splits what is asked into what this credential can show and what it lacks. */
export function plan(credential, asked) {
  const held = new Set(JSON.parse(credential.disclosable()).map((path) => JSON.stringify(path)));
  const has = ({ path }) => held.has(JSON.stringify(path));
  return { shown: asked.filter(has), missing: asked.filter((one) => !has(one)) };
}

/** The texts of a fresh code, several when it is too long for one. */
export async function code(vc, credential, { paths, ods, deskCode, key }) {
  const nonce = base64url(random(16)) + (deskCode ? `.${deskCode}` : '');
  const waiting = credential.present(JSON.stringify(paths), key.alg, `ods:${ods}`, nonce, now());
  const text = vc.encodeQr(await signed(waiting, key));
  return text.length <= MAX_CHARS ? [text] : JSON.parse(vc.splitQr(text, PART_CHARS, random(32)));
}
