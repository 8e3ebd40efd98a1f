// Holder keys: non-extractable WebCrypto keys, a fresh one for each credential. Ed25519, or P-256
// where the browser has no Ed25519.

const ED25519 = { jose: 'EdDSA', make: { name: 'Ed25519' }, sign: { name: 'Ed25519' } };
const P256 = {
  jose: 'ES256',
  make: { name: 'ECDSA', namedCurve: 'P-256' },
  sign: { name: 'ECDSA', hash: 'SHA-256' },
};

async function made({ jose, make }) {
  const pair = await crypto.subtle.generateKey(make, false, ['sign', 'verify']);
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  return { pair, alg: jose, jwk: JSON.stringify(y ? { kty, crv, x, y } : { kty, crv, x }) };
}

/** A new key of an algorithm in `allowed` (JOSE names): `{pair, alg, jwk}`; null when there is none. */
export async function newHolderKey(allowed) {
  if (allowed.some((alg) => alg === 'EdDSA' || alg === 'Ed25519')) {
    try {
      return await made(ED25519);
    } catch {
      // No Ed25519 in this browser.
    }
  }
  return allowed.includes('ES256') ? made(P256) : null;
}

/** Signs what waits for the holder and gives the finished text. */
export async function signed(waiting, { pair, alg }) {
  const { sign } = alg === 'ES256' ? P256 : ED25519;
  const signature = await crypto.subtle.sign(sign, pair.privateKey, waiting.signingInput());
  return waiting.finish(new Uint8Array(signature));
}
