// New copies without HR, by the refresh token that came with the passport (OpenID4VCI 1.0,
// "Refresh Tokens"). The new copy is bound to the same holder key, because that is the key that HR
// has compared; everything else is checked as at first receipt.

import { send } from './client.js';
import { answered, FORM, granted, published } from './receive.js';
import { Trouble } from './trouble.js';
import { CHECKS } from './words.js';

const DAY = 24 * 3600;
/** A copy that ends so soon is renewed. */
const ENDS_SOON = 30 * DAY;
/** Changes are asked for so often without being told. */
const EVERY = 7 * DAY;
/** After an attempt that failed. */
const AGAIN_AFTER = 3600;

/** Whether a passport is to be renewed without being told. */
export function isDue({ renewal, status, claims, receivedAt, renewedAt, triedAt }, seconds) {
  if (!renewal || renewal.over || (triedAt && seconds < triedAt + AGAIN_AFTER)) return false;
  if (status?.state === 'SUPERSEDED') return true;
  if (status && status.state !== 'VALID') return false;
  return claims.exp < seconds + ENDS_SOON || seconds >= (renewedAt ?? receivedAt) + EVERY;
}

/**
 * Spends the refresh token. Gives the next one, which must be kept before anything else is asked
 * for, and what the new copy is collected with.
 */
export async function ask(vc, record, client, trust, loopback) {
  const { issuer, configuration, renewal } = record;
  const offer = { credential_issuer: issuer.url, credential_configuration_ids: [configuration] };
  const found = await published(vc, offer, renewal.server, trust, loopback);
  // A configuration that has become another type's is not what was accepted.
  if (found.vct !== record.vct) throw new Trouble('answer', 'another type');
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: renewal.token });
  const answer = await send(vc, client, found.tokenEndpoint, { type: FORM, body: form.toString(), nonceFrom: found.endpoints.nonce });
  const token = granted(vc, answer, client, { invalid_grant: 'renewal-over' });
  const { alg, jwk, vct } = record;
  return {
    token: token.refresh_token ?? renewal.token,
    pending: {
      issuer: found.issuer, configuration, vct, name: found.name, endpoints: found.endpoints,
      stage: 'collecting', alg, jwk,
      access: token.access, request: token.target(configuration),
    },
  };
}

/** The checks that two copies tell differently. */
export function changed(before, after) {
  const told = (claims, name) => JSON.stringify(claims[name] ?? null);
  return CHECKS.filter((name) => told(before, name) !== told(after, name));
}
