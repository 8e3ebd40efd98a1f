// Another code base as verifier, issuer and holder: npm @sd-jwt/sd-jwt-vc with WebCrypto.
// One JSON command on standard input, one JSON answer on standard output.
import { webcrypto } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { digest, generateSalt } from '@sd-jwt/crypto-nodejs';
import { StatusList } from '@sd-jwt/jwt-status-list';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';

const { subtle } = webcrypto;
const ALGORITHMS = {
  EdDSA: { key: { name: 'Ed25519' }, sign: { name: 'Ed25519' } },
  ES256: {
    key: { name: 'ECDSA', namedCurve: 'P-256' },
    sign: { name: 'ECDSA', hash: { name: 'SHA-256' } },
  },
};

const plain = ({ kty, crv, x, y }) => (y ? { kty, crv, x, y } : { kty, crv, x });

async function verifier(jwk, alg) {
  const key = await subtle.importKey('jwk', plain(jwk), ALGORITHMS[alg].key, false, ['verify']);
  return (data, signature) =>
    subtle.verify(ALGORITHMS[alg].sign, key, Buffer.from(signature, 'base64url'), Buffer.from(data));
}

async function pair(alg) {
  const keys = await subtle.generateKey(ALGORITHMS[alg].key, true, ['sign', 'verify']);
  const sign = async (data) =>
    Buffer.from(await subtle.sign(ALGORITHMS[alg].sign, keys.privateKey, Buffer.from(data))).toString(
      'base64url',
    );
  return { sign, jwk: plain(await subtle.exportKey('jwk', keys.publicKey)) };
}

const hashing = { hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt };

async function verify({ presentation, jwk, alg, nonce }) {
  const instance = new SDJwtVcInstance({
    ...hashing,
    verifier: await verifier(jwk, alg),
    kbVerifier: async (data, signature, payload) =>
      (await verifier(payload.cnf.jwk, payload.cnf.jwk.kty === 'OKP' ? 'EdDSA' : 'ES256'))(data, signature),
  });
  const { payload, kb } = await instance.verify(presentation, { keyBindingNonce: nonce });
  return { claims: payload, audience: kb?.payload.aud };
}

async function make({ alg, claims, hide, issuer, kid, audience, nonce, now, status_uri }) {
  const home = await pair(alg);
  const holder = await pair(alg);
  const instance = new SDJwtVcInstance({
    ...hashing,
    signer: home.sign,
    signAlg: alg,
    kbSigner: holder.sign,
    kbSignAlg: alg,
  });
  const payload = {
    ...claims,
    iss: issuer,
    iat: now,
    exp: now + 3600,
    cnf: { jwk: holder.jwk },
    status: { status_list: { idx: 3, uri: status_uri } },
  };
  const credential = await instance.issue(payload, { _sd: hide }, { header: { kid } });
  const shown = Object.fromEntries(hide.map((name) => [name, true]));
  const presentation = await instance.present(credential, shown, {
    kb: { payload: { iat: now, aud: audience, nonce } },
  });
  const list = new StatusList(new Array(1024).fill(0), 2);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = [
    part({ alg, kid, typ: 'statuslist+jwt' }),
    part({
      sub: status_uri,
      iat: now,
      exp: now + 600,
      ttl: 30,
      status_list: { bits: 2, lst: list.compressStatusList() },
    }),
  ].join('.');
  return { presentation, jwk: home.jwk, status_list: `${input}.${await home.sign(input)}` };
}

const command = JSON.parse(await text(process.stdin));
try {
  const answer = await (command.do === 'verify' ? verify(command) : make(command));
  process.stdout.write(JSON.stringify({ answer }));
} catch (error) {
  process.stdout.write(JSON.stringify({ refused: String(error?.message ?? error) }));
}
