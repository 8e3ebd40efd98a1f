// The whole line of a holder over the wasm, with a non-extractable WebCrypto key, wherever this
// runs: registry, offer, token, nonce, proof, credential, status, presentation, QR code.

const json = async (response) => {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  return response.json();
};

const GRANT = 'urn:ietf:params:oauth:grant-type:pre-authorized_code';

export async function wholeLine(vc, { offer, txCode, registryUrl, operators, requirement }) {
  const now = () => Math.floor(Date.now() / 1000);
  const document_ = await (await fetch(registryUrl)).text();
  const registry = vc.Registry.verify(document_, JSON.stringify(operators.keys), 1, undefined, now());
  const host = JSON.parse(registry.payload()).organisations.find(({ verifier }) => verifier);

  const keys = await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']);
  if (keys.privateKey.extractable) throw new Error('the key can be taken away');
  const { kty, crv, x } = await crypto.subtle.exportKey('jwk', keys.publicKey);
  const jwk = JSON.stringify({ kty, crv, x });
  const sign = async (waiting) => {
    const signature = await crypto.subtle.sign({ name: 'Ed25519' }, keys.privateKey, waiting.signingInput());
    return waiting.finish(new Uint8Array(signature));
  };

  const { uri } = JSON.parse(vc.readOfferLink(offer, true));
  const details = JSON.parse(vc.readOffer(await (await fetch(uri)).text(), true));
  const issuer = details.credential_issuer;
  const metadata = await json(await fetch(`${issuer}/.well-known/openid-credential-issuer`));
  const server = await json(await fetch(`${issuer}/.well-known/oauth-authorization-server`));
  const form = new URLSearchParams({
    grant_type: GRANT,
    'pre-authorized_code': details.grants[GRANT]['pre-authorized_code'],
    tx_code: txCode,
  });
  const token = await json(await fetch(server.token_endpoint, { method: 'POST', body: form }));
  const { c_nonce: nonce } = await json(await fetch(metadata.nonce_endpoint, { method: 'POST' }));
  const proof = await sign(vc.proof(jwk, issuer, nonce, now()));
  const issued = await json(
    await fetch(metadata.credential_endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token.access_token}` },
      body: JSON.stringify({
        credential_configuration_id: details.credential_configuration_ids[0],
        proofs: { jwt: [proof] },
      }),
    }),
  );

  const credential = vc.Credential.receive(issued.credentials[0].credential, registry, jwk, now());
  const claims = JSON.parse(credential.claims());
  const { idx, uri: list } = claims.status.status_list;
  const statusToken = await (await fetch(list)).text();
  const status = vc.StatusList.verify(statusToken, list, claims.iss, registry, now()).status(idx);

  const { needs } = await json(await fetch(`${host.verifier.url}/requirements/${requirement}`));
  const asked = new Set(needs.map(({ check }) => check));
  const paths = JSON.parse(credential.disclosable()).filter((path) => path.length === 1 && asked.has(path[0]));
  const fresh = crypto.getRandomValues(new Uint8Array(16));
  const text = btoa(String.fromCharCode(...fresh)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
  const waiting = credential.present(JSON.stringify(paths), 'EdDSA', `ods:${host.ods}`, text, now());
  const code = vc.encodeQr(await sign(waiting));
  return { code, status: JSON.parse(status), name: claims.identity.given_name };
}
