// Another code base as wallet: npm @openid4vc/openid4vci, @sd-jwt/sd-jwt-vc and jose.
// One JSON command on standard input, one JSON answer on standard output.
import { X509Certificate, createHash, randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { Openid4vciClient, setGlobalConfig } from '@openid4vc/openid4vci';
import { clientAuthenticationAnonymous } from '@openid4vc/oauth2';
import { digest } from '@sd-jwt/crypto-nodejs';
import { getListFromStatusListJWT } from '@sd-jwt/jwt-status-list';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import * as jose from 'jose';

// The issuer runs on loopback http.
setGlobalConfig({ allowInsecureUrls: true });

const command = JSON.parse(await text(process.stdin));
const root = command.root ? new X509Certificate(command.root) : null;
const seen = { encrypted: 0, signed_metadata: false };

async function newKey(alg) {
  const pair = await jose.generateKeyPair(alg, { extractable: true });
  return { alg, public: await jose.exportJWK(pair.publicKey), private: await jose.exportJWK(pair.privateKey) };
}

const restored = command.state;
const keys = restored?.keys ?? (await Promise.all(Array.from({ length: command.keys ?? 1 }, () => newKey('ES256'))));
const responseKey = command.encrypted ? await newKey('ECDH-ES') : null;

// The library reads plain answers only: the wallet around it decrypts.
async function fetching(url, init) {
  const response = await fetch(url, init);
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
    const key = keys.find((one) => one.public.x === signer.publicJwk.x);
    const jwt = await new jose.SignJWT(payload)
      .setProtectedHeader(header)
      .sign(await jose.importJWK(key.private, key.alg));
    return { jwt, signerJwk: key.public };
  },
};

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

async function outcome(client, issuerMetadata, accessToken, id, response) {
  if (response.transaction_id) {
    return { state: { keys, accessToken, id, transactionId: response.transaction_id }, waiting: response.interval };
  }
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
      notification: { notificationId: response.notification_id, event: 'credential_accepted' },
    });
  }
  return { credentials, notified: Boolean(response.notification_id) };
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

async function receive() {
  const client = new Openid4vciClient({ callbacks });
  const credentialOffer = await client.resolveCredentialOffer(command.offer);
  const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
  seen.signed_metadata = await signedMetadata(credentialOffer.credential_issuer);
  const [id] = credentialOffer.credential_configuration_ids;
  const { accessTokenResponse } = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({
    credentialOffer,
    issuerMetadata,
    txCode: command.tx_code,
  });
  const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata });
  const jwt = await Promise.all(
    keys.map(async (key) => {
      const signer = { method: 'jwk', publicJwk: key.public, alg: key.alg };
      const options = { issuerMetadata, signer, nonce, credentialConfigurationId: id };
      return (await client.createCredentialRequestJwtProof(options)).jwt;
    }),
  );
  const { credentialResponse } = await client.retrieveCredentials({
    issuerMetadata,
    accessToken: accessTokenResponse.access_token,
    credentialConfigurationId: id,
    proofs: { jwt },
    additionalRequestPayload: encryption() ?? undefined,
  });
  return outcome(client, issuerMetadata, accessTokenResponse.access_token, id, credentialResponse);
}

async function fetchDeferred() {
  const client = new Openid4vciClient({ callbacks });
  const issuerMetadata = await client.resolveIssuerMetadata(command.issuer);
  const { accessToken, transactionId, id } = restored;
  const { deferredCredentialResponse } = await client.retrieveDeferredCredentials({
    issuerMetadata,
    accessToken,
    transactionId,
    additionalRequestPayload: encryption() ?? undefined,
  });
  return outcome(client, issuerMetadata, accessToken, id, deferredCredentialResponse);
}

try {
  const answer = await (command.do === 'fetch' ? fetchDeferred() : receive());
  process.stdout.write(JSON.stringify({ answer: { ...answer, ...seen } }));
} catch (error) {
  process.stdout.write(JSON.stringify({ refused: String(error?.stack ?? error) }));
}
