// Another code base as wallet: npm @openid4vc/openid4vci, @sd-jwt/sd-jwt-vc and jose.
// One JSON command on standard input, one JSON answer on standard output.
import { X509Certificate, createHash, randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { Openid4vciClient, setGlobalConfig } from '@openid4vc/openid4vci';
import {
  Oauth2Client,
  clientAuthenticationAnonymous,
  clientAuthenticationClientAttestationJwt,
  clientAuthenticationNone,
} from '@openid4vc/oauth2';
import { digest } from '@sd-jwt/crypto-nodejs';
import { getListFromStatusListJWT } from '@sd-jwt/jwt-status-list';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import * as jose from 'jose';

// The issuer runs on loopback http.
setGlobalConfig({ allowInsecureUrls: true });

const command = JSON.parse(await text(process.stdin));
const root = command.root ? new X509Certificate(command.root) : null;
const seen = { encrypted: 0, encrypted_requests: 0, dpop_nonces: 0, signed_metadata: false };
const clientId = 'https://wallet.example';
const redirectUri = 'https://wallet.example/back';

async function newKey(alg) {
  const pair = await jose.generateKeyPair(alg, { extractable: true });
  return { alg, public: await jose.exportJWK(pair.publicKey), private: await jose.exportJWK(pair.privateKey) };
}

const restored = command.state;
const keys = restored?.keys ?? (await Promise.all(Array.from({ length: command.keys ?? 1 }, () => newKey('ES256'))));
const responseKey = command.encrypted ? await newKey('ECDH-ES') : null;
const dpopKey = restored?.dpopKey ?? (command.dpop ? await newKey('ES256') : null);
// What its provider attests: this instance's key.
const instanceKey = restored?.instanceKey ?? (command.wallet_attester ? await newKey('ES256') : null);
const dpop = dpopKey ? { signer: { method: 'jwk', publicJwk: dpopKey.public, alg: dpopKey.alg } } : undefined;
const attester = command.wallet_attester ?? restored?.attester;

// The library writes and reads plain bodies only: the wallet around it encrypts and decrypts.
let requestEncryption = null;

async function encryptedRequest(body) {
  const { jwks, enc_values_supported: [enc] } = requestEncryption.metadata;
  const [jwk] = jwks.keys;
  const header = { alg: jwk.alg, enc, kid: jwk.kid };
  const bytes = new TextEncoder().encode(body);
  seen.encrypted_requests += 1;
  return new jose.CompactEncrypt(bytes).setProtectedHeader(header).encrypt(await jose.importJWK(jwk, jwk.alg));
}

async function fetching(url, init) {
  if (requestEncryption?.endpoints.includes(String(url))) {
    const headers = new Headers(init.headers);
    headers.set('content-type', 'application/jwt');
    init = { ...init, headers, body: await encryptedRequest(init.body) };
  }
  const response = await fetch(url, init);
  if (!response.ok && response.headers.get('dpop-nonce')) seen.dpop_nonces += 1;
  if (!responseKey || !response.headers.get('content-type')?.startsWith('application/jwt')) return response;
  const key = await jose.importJWK(responseKey.private, 'ECDH-ES');
  const { plaintext } = await jose.compactDecrypt(await response.text(), key);
  seen.encrypted += 1;
  return new Response(plaintext, { status: response.status, headers: { 'content-type': 'application/json' } });
}

// The certificates of a token, up to the pinned root and naming the issuer.
function certified(x5c, issuer) {
  const [leaf] = x5c.map((der) => new X509Certificate(Buffer.from(der, 'base64')));
  if (x5c.length !== 1 || !root || !leaf.verify(root.publicKey)) throw new Error('no chain to the root');
  if (!leaf.subjectAltName.includes(`URI:${issuer}`)) throw new Error(`the leaf names ${leaf.subjectAltName}`);
  return leaf.publicKey;
}

async function issuerKey(header, issuer) {
  if (header.x5c) return certified(header.x5c, issuer);
  const { origin, pathname } = new URL(issuer);
  const place = `${origin}/.well-known/jwt-vc-issuer${pathname === '/' ? '' : pathname}`;
  const { jwks } = await (await fetch(place)).json();
  return jose.importJWK(jwks.keys.find((key) => key.kid === header.kid), header.alg);
}

const callbacks = {
  fetch: fetching,
  hash: (data, alg) => createHash(alg.replace('-', '').toLowerCase()).update(data).digest(),
  generateRandom: (length) => randomBytes(length),
  clientAuthentication: clientAuthenticationAnonymous(),
  signJwt: async (signer, { header, payload }) => {
    const known = [...keys, dpopKey, instanceKey];
    const key = known.find((one) => one?.public.x === signer.publicJwk.x);
    const jwt = await new jose.SignJWT(payload)
      .setProtectedHeader(header)
      .sign(await jose.importJWK(key.private, key.alg));
    return { jwt, signerJwk: key.public };
  },
};

// The provider's word for this instance, by draft-ietf-oauth-attestation-based-client-auth.
async function attestation() {
  return new jose.SignJWT({ cnf: { jwk: instanceKey.public } })
    .setProtectedHeader({ alg: 'ES256', typ: 'oauth-client-attestation+jwt' })
    .setIssuer('https://provider.example')
    .setSubject(clientId)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(await jose.importJWK(attester, 'ES256'));
}

// The library's proof has no challenge: the wallet around it fetches one and signs it in.
async function authenticated(metadata) {
  const { attestation_challenge: challenge } = command.without_challenge
    ? {}
    : await (await fetch(metadata.challenge_endpoint, { method: 'POST' })).json();
  const signJwt = (signer, { header, payload }) => callbacks.signJwt(signer, { header, payload: { ...payload, challenge } });
  return clientAuthenticationClientAttestationJwt({
    clientAttestationJwt: await attestation(),
    callbacks: { ...callbacks, signJwt },
  });
}

// Keys that somebody vouches for ("Key Attestations").
async function keyAttestation(nonce) {
  return new jose.SignJWT({ attested_keys: keys.map((key) => key.public), nonce })
    .setProtectedHeader({ alg: 'ES256', typ: 'key-attestation+jwt' })
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(await jose.importJWK(command.key_attester, 'ES256'));
}

async function checked(credential, configuration) {
  const header = jose.decodeProtectedHeader(credential.split('~')[0]);
  const { iss } = jose.decodeJwt(credential.split('~')[0]);
  const key = await issuerKey(header, iss);
  const verify = async (data, signature) => {
    await jose.compactVerify(`${data}.${signature}`, key);
    return true;
  };
  const instance = new SDJwtVcInstance({
    hasher: digest,
    hashAlg: 'sha-256',
    verifier: verify,
    // The list is checked with the key of the credential, as Credo does.
    statusVerifier: verify,
    statusListFetcher: async (uri) => (await fetch(uri)).text(),
  });
  const { payload } = await instance.verify(credential);
  if (payload.vct !== configuration.vct) throw new Error(`the type is ${payload.vct}`);
  const { uri, idx } = payload.status.status_list;
  const list = getListFromStatusListJWT(await (await fetch(uri)).text());
  return { claims: payload, header, status: list.getStatus(idx), entry: `${uri}#${idx}` };
}

// A client at the issuer, as the flow has it authenticate.
async function at(issuer, anonymous) {
  const issuerMetadata = await new Openid4vciClient({ callbacks }).resolveIssuerMetadata(issuer);
  const { credentialIssuer } = issuerMetadata;
  if (command.encrypt_requests) {
    const { credential_endpoint: now, deferred_credential_endpoint: later } = credentialIssuer;
    requestEncryption = { metadata: credentialIssuer.credential_request_encryption, endpoints: [now, later] };
  }
  const [server] = issuerMetadata.authorizationServers;
  const plain = anonymous ? clientAuthenticationAnonymous() : clientAuthenticationNone({ clientId });
  const clientAuthentication = attester
    ? async (options) => (await authenticated(server))(options)
    : plain;
  const options = { callbacks: { ...callbacks, clientAuthentication } };
  return { client: new Openid4vciClient(options), oauth2: new Oauth2Client(options), issuerMetadata, server };
}

async function outcome(visit, { token, id, anonymous }, response) {
  const accessToken = token.access_token;
  const refreshToken = token.refresh_token;
  const issuer = visit.issuerMetadata.credentialIssuer.credential_issuer;
  const state = { keys, dpopKey, instanceKey, attester, issuer, accessToken, refreshToken, id, anonymous };
  if (response.transaction_id) {
    return { state: { ...state, transactionId: response.transaction_id }, waiting: response.interval };
  }
  const { client, issuerMetadata } = visit;
  const configuration = issuerMetadata.credentialIssuer.credential_configurations_supported[id];
  const credentials = await Promise.all(
    response.credentials.map(({ credential }) => checked(credential, configuration)),
  );
  const holders = credentials.map(({ claims }) => claims.cnf.jwk.x);
  if (holders.join() !== keys.map((key) => key.public.x).join()) throw new Error('bound to other keys');
  if (response.notification_id) {
    await client.sendNotification({
      issuerMetadata,
      accessToken,
      dpop,
      notification: { notificationId: response.notification_id, event: 'credential_accepted' },
    });
  }
  const { token_type } = token;
  return { credentials, notified: Boolean(response.notification_id), token_type, state };
}

const encryption = () =>
  responseKey && {
    credential_response_encryption: {
      jwk: { ...responseKey.public, alg: 'ECDH-ES', use: 'enc', kid: 'wallet' },
      alg: 'ECDH-ES',
      enc: 'A256GCM',
    },
  };

// The same metadata signed, by the issuer's own key or its certificates.
async function signedMetadata(issuer) {
  const { origin, pathname } = new URL(issuer);
  const place = `${origin}/.well-known/openid-credential-issuer${pathname === '/' ? '' : pathname}`;
  const jwt = await (await fetch(place, { headers: { accept: 'application/jwt' } })).text();
  const key = await issuerKey(jose.decodeProtectedHeader(jwt), issuer);
  const typ = 'openidvci-issuer-metadata+jwt';
  const { payload } = await jose.jwtVerify(jwt, key, { typ, subject: issuer });
  return payload.credential_issuer === issuer;
}

async function proofs({ client, issuerMetadata }, id, anonymous) {
  const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata });
  if (command.key_attester && command.proof === 'attestation') return { attestation: [await keyAttestation(nonce)] };
  const keyAttestationJwt = command.key_attester && (await keyAttestation(nonce));
  const jwt = keys.map(async (key) => {
    const signer = { method: 'jwk', publicJwk: key.public, alg: key.alg };
    const by = { clientId: anonymous ? undefined : clientId, keyAttestationJwt };
    const options = { issuerMetadata, signer, nonce, credentialConfigurationId: id, ...by };
    return (await client.createCredentialRequestJwtProof(options)).jwt;
  });
  return { jwt: await Promise.all(jwt) };
}

// The library names configurations only: the wallet around it asks by identifier.
async function byIdentifier({ oauth2, issuerMetadata }, { token, identifier, given }) {
  const { ok, response } = await oauth2.resourceRequest({
    url: issuerMetadata.credentialIssuer.credential_endpoint,
    accessToken: token.access_token,
    dpop,
    callbacks,
    requestOptions: {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ credential_identifier: identifier, proofs: given, ...encryption() }),
    },
  });
  if (!ok) throw new Error(await response.text());
  return response.json();
}

async function credential(visit, token, id, anonymous) {
  const given = await proofs(visit, id, anonymous);
  const identifier = token.authorization_details?.[0].credential_identifiers[0];
  if (identifier) {
    return outcome(visit, { token, id, anonymous }, await byIdentifier(visit, { token, identifier, given }));
  }
  const { credentialResponse } = await visit.client.retrieveCredentials({
    issuerMetadata: visit.issuerMetadata,
    accessToken: token.access_token,
    credentialConfigurationId: id,
    proofs: given,
    dpop,
    additionalRequestPayload: encryption() ?? undefined,
  });
  return outcome(visit, { token, id, anonymous }, credentialResponse);
}

async function offered() {
  return new Openid4vciClient({ callbacks }).resolveCredentialOffer(command.offer);
}

// By the offer's own code.
async function receive() {
  const credentialOffer = await offered();
  const anonymous = !attester;
  const visit = await at(credentialOffer.credential_issuer, anonymous);
  seen.signed_metadata = await signedMetadata(credentialOffer.credential_issuer);
  const { accessTokenResponse } = await visit.client.retrievePreAuthorizedCodeAccessTokenFromOffer({
    credentialOffer,
    issuerMetadata: visit.issuerMetadata,
    txCode: command.tx_code,
    dpop,
  });
  return credential(visit, accessTokenResponse, credentialOffer.credential_configuration_ids[0], anonymous);
}

// Pushes an authorization request, with an offer or of its own accord; the browser opens the page.
async function push() {
  const credentialOffer = command.offer ? await offered() : null;
  const visit = await at(credentialOffer?.credential_issuer ?? command.issuer, false);
  const { issuerMetadata, server } = visit;
  const id = credentialOffer?.credential_configuration_ids[0] ?? command.configuration;
  const { scope } = issuerMetadata.credentialIssuer.credential_configurations_supported[id];
  const details = [{ type: 'openid_credential', credential_configuration_id: id }];
  const asked = command.by === 'details'
    ? { additionalRequestPayload: { authorization_details: details } }
    : { scope };
  const request = { clientId, redirectUri, dpop, ...asked };
  const made = credentialOffer
    ? await visit.client.createAuthorizationRequestUrlFromOffer({ ...request, credentialOffer, issuerMetadata })
    : await visit.oauth2.createAuthorizationRequestUrl({ ...request, authorizationServerMetadata: server });
  const issuer = issuerMetadata.credentialIssuer.credential_issuer;
  const kept = { keys, dpopKey, instanceKey, attester, issuer, id, verifier: made.pkce.codeVerifier };
  return { page: made.authorizationRequestUrl, state: kept };
}

// Redeems the code with which the browser came back.
async function redeem() {
  const visit = await at(restored.issuer, false);
  const authorizationServerMetadata = visit.server;
  const { code, error } = visit.client.parseAndVerifyAuthorizationResponseRedirectUrl({
    url: command.back,
    authorizationServerMetadata,
  });
  if (!code) throw new Error(error);
  const { accessTokenResponse } = await visit.oauth2.retrieveAuthorizationCodeAccessToken({
    authorizationServerMetadata,
    authorizationCode: code,
    pkceCodeVerifier: restored.verifier,
    redirectUri,
    dpop,
  });
  return credential(visit, accessTokenResponse, restored.id, false);
}

// A new copy by the refresh token.
async function refresh() {
  const { refreshToken, anonymous, issuer, id } = restored;
  const visit = await at(issuer, anonymous);
  const { accessTokenResponse } = await visit.oauth2.retrieveRefreshTokenAccessToken({
    authorizationServerMetadata: visit.server,
    refreshToken,
    dpop,
  });
  return credential(visit, accessTokenResponse, id, anonymous);
}

async function fetchDeferred() {
  const { issuer, accessToken, transactionId, id, anonymous } = restored;
  const visit = await at(issuer, anonymous);
  const { deferredCredentialResponse } = await visit.client.retrieveDeferredCredentials({
    issuerMetadata: visit.issuerMetadata,
    accessToken,
    transactionId,
    dpop,
    additionalRequestPayload: encryption() ?? undefined,
  });
  return outcome(visit, { token: { access_token: accessToken }, id, anonymous }, deferredCredentialResponse);
}

// What another wallet received, before the libraries of this one.
async function check() {
  const configuration = { vct: command.vct };
  const credentials = await Promise.all(command.credentials.map((one) => checked(one, configuration)));
  return { credentials };
}

const commands = { receive, push, redeem, refresh, fetch: fetchDeferred, check, key: () => newKey('ES256') };

try {
  const answer = await commands[command.do ?? 'receive']();
  process.stdout.write(JSON.stringify({ answer: { ...answer, ...seen } }));
} catch (error) {
  process.stdout.write(JSON.stringify({ refused: String(error?.stack ?? error) }));
}
