// Whether a passport still stands: its entry in the issuer's status list. The whole list is
// fetched, so that nobody learns whose entry is read.

import { document_ } from './network.js';
import { Trouble, held } from './trouble.js';

const LIST = 'application/statuslist+jwt';

const now = () => Math.floor(Date.now() / 1000);

/** `{state, asOf, checkedAt}`: VALID, INVALID, SUSPENDED, SUPERSEDED or a number. */
export async function statusOf(vc, claims, trust) {
  const entry = claims.status?.status_list;
  if (!entry) throw new Trouble('bad-credential', 'no status entry');
  const token = await document_(entry.uri, LIST);
  const list = held('status', () => vc.StatusList.verify(token, entry.uri, claims.iss, trust.registry, now()));
  const state = JSON.parse(held('status', () => list.status(entry.idx)));
  return { state, asOf: list.issuedAt(), checkedAt: now() };
}
