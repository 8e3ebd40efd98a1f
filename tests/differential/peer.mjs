// npm @sd-jwt/sd-jwt-vc with jose as a judge: one JSON question a line in, one JSON answer a line out.
import { createInterface } from 'node:readline';
import { digest, generateSalt } from '@sd-jwt/crypto-nodejs';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { compactVerify, importJWK } from 'jose';

const algorithmsOf = ({ kty }) => (kty === 'OKP' ? ['EdDSA', 'Ed25519'] : ['ES256']);
const keys = new Map();

async function verifies(jwk, data, signature) {
  const name = JSON.stringify(jwk);
  if (!keys.has(name)) {
    keys.set(name, await importJWK(jwk, algorithmsOf(jwk)[0]));
  }
  await compactVerify(`${data}.${signature}`, keys.get(name), { algorithms: algorithmsOf(jwk) });
  return true;
}

async function judge({ token, jwk, nonce, now, status_list }) {
  const instance = new SDJwtVcInstance({
    hasher: digest,
    hashAlg: 'sha-256',
    saltGenerator: generateSalt,
    verifier: (data, signature) => verifies(jwk, data, signature),
    kbVerifier: (data, signature, payload) => verifies(payload.cnf.jwk, data, signature),
    // Status is no part of the comparison: every token's is the same and VALID
    statusListFetcher: async () => status_list,
    statusVerifier: async () => true,
  });
  const { payload } = await instance.verify(token, { keyBindingNonce: nonce, currentDate: now });
  return payload;
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = { claims: await judge(JSON.parse(line)) };
  } catch (error) {
    answer = { refused: String(error?.message ?? error).slice(0, 200) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
