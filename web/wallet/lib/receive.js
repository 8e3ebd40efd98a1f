// Receiving: OpenID4VCI 1.0, pre-authorized code flow. Steps, so that the holder sees who offers
// before anything of hers is sent, and so that a step that fails can be tried again.

import { send } from './client.js';
import { newHolderKey, signed } from './holder-key.js';
import { document_, request } from './network.js';
import { Trouble, held } from './trouble.js';

const GRANT = 'urn:ietf:params:oauth:grant-type:pre-authorized_code';
export const FORM = 'application/x-www-form-urlencoded';
const SCHEMES = ['openid-credential-offer:', 'web+staffpassport:'];
const OURS = ['EdDSA', 'Ed25519', 'ES256'];

const now = () => Math.floor(Date.now() / 1000);
const json = (text) => held('answer', () => JSON.parse(text));

/** The offer link in a text from a camera, a clipboard or an address; null when there is none. */
export function offerLink(text) {
  const found = text.trim();
  if (SCHEMES.some((scheme) => found.toLowerCase().startsWith(scheme))) {
    return found.replace(/^web\+staffpassport:/i, 'openid-credential-offer:');
  }
  try {
    const url = new URL(found);
    const inside = new URLSearchParams(url.hash.slice(1)).get('offer');
    if (inside) return offerLink(inside);
    if (url.searchParams.has('credential_offer') || url.searchParams.has('credential_offer_uri')) {
      return `openid-credential-offer://${url.search}`;
    }
  } catch {
    // Not an address.
  }
  return null;
}

/** Why a transaction code can't be right: `empty`, `digits`, `length`; null when it may be. */
export function txCodeFault(shape, code) {
  if (!code) return 'empty';
  if ((shape.input_mode ?? 'numeric') === 'numeric' && !/^[0-9]+$/.test(code)) return 'digits';
  return shape.length && code.length !== shape.length ? 'length' : null;
}

function registered(trust, url) {
  const organisation = trust.issuer(url);
  if (!organisation) throw new Trouble('unknown-issuer', url);
  if (organisation.state !== 'active') throw new Trouble('inactive-issuer', organisation.name, { name: organisation.name });
  return organisation;
}

function usable(offer, metadata, organisation) {
  for (const id of offer.credential_configuration_ids) {
    const found = metadata.credential_configurations_supported[id];
    const algorithms = found?.proof_types_supported?.jwt?.proof_signing_alg_values_supported ?? [];
    const fits =
      found?.format === 'dc+sd-jwt' &&
      found.cryptographic_binding_methods_supported?.includes('jwk') &&
      algorithms.some((alg) => OURS.includes(alg));
    if (!fits) continue;
    if (!organisation.types.includes(found.vct)) throw new Trouble('not-entitled', found.vct, { name: organisation.name });
    const display = found.credential_metadata?.display ?? [];
    const named = display.find(({ locale }) => locale?.startsWith('en')) ?? display[0];
    return { configuration: id, vct: found.vct, algorithms, name: named?.name ?? found.vct };
  }
  throw new Trouble('nothing-usable');
}

/** Reads an offer and whose it is. Asks only addresses of registered issuers; sends nothing. */
export async function openOffer(vc, link, trust, loopback) {
  const read = json(held('bad-offer', () => vc.readOfferLink(link, loopback)));
  let offer = read.offer;
  if (read.uri) {
    if (!trust.mayAsk(read.uri)) throw new Trouble('unknown-issuer', new URL(read.uri).origin);
    const answer = await request(read.uri, { headers: { accept: 'application/json' } });
    if ([404, 410].includes(answer.status)) throw new Trouble('offer-gone');
    if (!answer.ok) throw new Trouble('answer', `the offer answers ${answer.status}`);
    offer = json(held('bad-offer', () => vc.readOffer(answer.text, loopback)));
  }
  registered(trust, offer.credential_issuer);
  const grant = offer.grants?.[GRANT];
  if (!grant) throw new Trouble('nothing-usable', 'no pre-authorized code');
  const found = await published(vc, offer, grant.authorization_server, trust, loopback);
  return { ...found, code: grant['pre-authorized_code'], txCode: grant.tx_code ?? null };
}

/** What the issuer of an offer publishes of it; `hint` names one of its authorization servers. */
export async function published(vc, offer, hint, trust, loopback) {
  const organisation = registered(trust, offer.credential_issuer);
  const issuerDocument = await document_(vc.issuerMetadataUrl(offer.credential_issuer));
  const metadata = json(held('answer', () => vc.readIssuerMetadata(issuerDocument, JSON.stringify(offer), loopback)));
  const chosen = usable(offer, metadata, organisation);
  const server = hint ?? metadata.authorization_servers[0];
  if (!metadata.authorization_servers.includes(server)) throw new Trouble('answer', 'another authorization server');
  const serverDocument = await document_(vc.serverMetadataUrl(server));
  const { token_endpoint: tokenEndpoint, dpop_signing_alg_values_supported: proofs = [] } = json(
    held('answer', () => vc.readServerMetadata(serverDocument, server, loopback)),
  );
  if (!tokenEndpoint) throw new Trouble('answer', 'no token endpoint');
  return {
    issuer: { url: offer.credential_issuer, ods: organisation.ods, name: organisation.name, contact: organisation.contact },
    ...chosen,
    server,
    tokenEndpoint,
    proofs,
    endpoints: {
      credential: metadata.credential_endpoint,
      nonce: metadata.nonce_endpoint ?? null,
      deferred: metadata.deferred_credential_endpoint ?? null,
      notification: metadata.notification_endpoint ?? null,
    },
  };
}

/** The answer of a protocol endpoint as JSON, or the trouble that its error code means. */
export function answered(answer, troubles, fallback) {
  const said = answer.type === 'application/json' ? json(answer.text) : null;
  if (answer.ok && said) return said;
  if (answer.status === 429 || answer.status === 503) throw new Trouble('busy');
  throw new Trouble(troubles[said?.error] ?? fallback, `${said?.error ?? answer.status} ${said?.error_description ?? ''}`);
}

/**
 * The token that a token endpoint gave: `{access, refresh_token?, target(configuration)}`. A client
 * that proves itself takes no bearer token: whoever saw it could use it (RFC 9449, 5).
 */
export function granted(vc, answer, client, troubles) {
  const token = answered(answer, troubles, 'answer');
  held('answer', () => vc.checkTokenResponse(answer.text));
  const wanted = client ? 'dpop' : 'bearer';
  if (token.token_type.toLowerCase() !== wanted) throw new Trouble('answer', `token type ${token.token_type}`);
  const target = (configuration) => {
    const details = token.authorization_details ?? [];
    const identifiers = details.find(({ credential_configuration_id: id }) => id === configuration)?.credential_identifiers;
    return identifiers?.length ? { credential_identifier: identifiers[0] } : { credential_configuration_id: configuration };
  };
  return { refresh_token: token.refresh_token, access: token.access_token, target };
}

/** Gives the code (and transaction code) for access: what is needed to collect the credential. */
export async function authorise(vc, offered, txCode) {
  const form = new URLSearchParams({ grant_type: GRANT, 'pre-authorized_code': offered.code });
  if (offered.txCode) form.set('tx_code', txCode);
  const client = await newHolderKey(offered.proofs);
  const answer = await send(vc, client, offered.tokenEndpoint, { type: FORM, body: form.toString(), nonceFrom: offered.endpoints.nonce });
  const wrong = offered.txCode ? 'tx-code-wrong' : 'offer-gone';
  const token = granted(vc, answer, client, { invalid_grant: wrong, invalid_request: 'bad-offer' });
  const key = await newHolderKey(offered.algorithms);
  if (!key) throw new Trouble('no-key');
  const { algorithms, code, proofs, server, tokenEndpoint, txCode: shape, ...rest } = offered;
  return {
    pair: key.pair,
    client,
    pending: {
      ...rest,
      stage: 'collecting',
      alg: key.alg,
      jwk: key.jwk,
      access: token.access,
      request: token.target(offered.configuration),
      renewal: client && token.refresh_token ? { server, token: token.refresh_token } : null,
      at: now(),
    },
  };
}

const post = (vc, client, url, access, body, nonceFrom) =>
  send(vc, client, url, { type: 'application/json', body: JSON.stringify(body), access, nonceFrom });

/** Fetches the credential with a fresh proof. Gives the pending record of the next stage. */
export async function collect(vc, pending, pair, client) {
  const { endpoints, issuer } = pending;
  for (let attempt = 1; ; attempt += 1) {
    let nonce;
    if (endpoints.nonce) {
      nonce = answered(await send(vc, null, endpoints.nonce), {}, 'answer').c_nonce;
    }
    const proof = await signed(vc.proof(pending.jwk, issuer.url, nonce, now()), { pair, alg: pending.alg });
    const body = { ...pending.request, proofs: { jwt: [proof] } };
    const answer = await post(vc, client, endpoints.credential, pending.access, body);
    try {
      answered(answer, { invalid_nonce: 'nonce', invalid_token: 'offer-gone', credential_request_denied: 'offer-gone' }, 'answer');
    } catch (error) {
      // "The Wallet should retrieve a new c_nonce", once.
      if (error.code === 'nonce' && attempt === 1) continue;
      throw error;
    }
    return next(vc, pending, answer.text);
  }
}

/** Asks again for a credential that HR has to confirm. Gives the same record while it waits. */
export async function collectLater(vc, pending, client) {
  const { endpoints, transactionId } = pending;
  // An issuer of ours then says how to tell HR what became of it.
  const body = { transaction_id: transactionId, notifies: true };
  const answer = await post(vc, client, endpoints.deferred, pending.access, body, endpoints.nonce);
  const gone = { invalid_transaction_id: 'offer-gone', invalid_token: 'offer-gone', credential_request_denied: 'offer-gone' };
  const said = answer.type === 'application/json' ? json(answer.text) : {};
  // The form of OpenID4VCI drafts, which answer an error while it waits.
  if (said.error === 'issuance_pending') return pending;
  answered(answer, gone, 'answer');
  return next(vc, pending, answer.text);
}

function next(vc, pending, text) {
  const response = json(held('answer', () => vc.readCredentialResponse(text)));
  if (response.transaction_id) {
    if (!pending.endpoints.deferred) throw new Trouble('answer', 'no deferred endpoint');
    return { ...pending, stage: 'waiting', transactionId: response.transaction_id, interval: response.interval };
  }
  const credential = response.credentials[0].credential;
  if (typeof credential !== 'string') throw new Trouble('bad-credential', 'not a text');
  return { ...pending, stage: 'received', credential, notificationId: response.notification_id ?? null };
}

/** Checks what came: signature, keys, type, dates. Gives what is kept of it. */
export function check(vc, pending, trust) {
  registered(trust, pending.issuer.url);
  const credential = held('bad-credential', () =>
    vc.Credential.receive(pending.credential, trust.registry, pending.jwk, now()),
  );
  const claims = JSON.parse(credential.claims());
  if (claims.iss !== pending.issuer.url) throw new Trouble('bad-credential', 'iss is another issuer');
  if (claims.vct !== pending.vct) throw new Trouble('bad-credential', 'vct is not what was offered');
  return { claims, issuerKey: credential.issuerKey() };
}

/** Tells the issuer what became of the credential. Gives whether it needs no more telling. */
export async function notify(vc, { endpoint, access, body, nonceFrom }, client) {
  const { status } = await post(vc, client, endpoint, access, body, nonceFrom);
  return status < 500 && status !== 429;
}
