// How requests to an issuer prove themselves: with a DPoP proof by a key of this one credential
// (RFC 9449), or, where the issuer knows none, with the bare access token.

import { base64url, random } from './bytes.js';
import { signed } from './holder-key.js';
import { request } from './network.js';

/** The last nonce of each server: `{nonce, at}`. */
const nonces = new Map();
/** Seconds after which a nonce is fetched anew, where that can be done, rather than tried. */
const NONCE_FOR = 120;

const now = () => Math.floor(Date.now() / 1000);

/** Said in the body by authorization servers, in the challenge by resource servers. */
function asksForNonce({ status, text, challenge }) {
  if (![400, 401].includes(status)) return false;
  return challenge?.includes('use_dpop_nonce') || text.includes('"use_dpop_nonce"');
}

const origin = (url) => new URL(url).origin;

function remember(url, { nonce }) {
  if (nonce) nonces.set(origin(url), { nonce, at: now() });
}

/** Learns a nonce beforehand, from an endpoint of the same server, instead of being refused. */
async function prepare(url, nonceFrom) {
  const known = nonces.get(origin(url));
  if (!nonceFrom || origin(nonceFrom) !== origin(url) || (known && now() < known.at + NONCE_FOR)) return;
  remember(url, await request(nonceFrom, { method: 'POST' }));
}

/**
 * POST, once more with the nonce that the server asks for: a request that is refused so has done
 * nothing. `client` is `{pair, alg, jwk}`, or null for the bare token; `nonceFrom` gives nonces.
 */
export async function send(vc, client, url, { type, body, access, nonceFrom } = {}) {
  const headers = { accept: 'application/json' };
  if (type) headers['content-type'] = type;
  if (access) headers.authorization = `${client ? 'DPoP' : 'Bearer'} ${access}`;
  if (client) await prepare(url, nonceFrom);
  for (let attempt = 1; ; attempt += 1) {
    if (client) {
      const waiting = vc.dpop(client.jwk, url, base64url(random(16)), now(), access, nonces.get(origin(url))?.nonce);
      headers.dpop = await signed(waiting, client);
    }
    const answer = await request(url, { method: 'POST', headers, body });
    remember(url, answer);
    if (!client || attempt > 1 || !answer.nonce || !asksForNonce(answer)) return answer;
  }
}
