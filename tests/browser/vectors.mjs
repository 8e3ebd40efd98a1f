// The same published vectors as the native tests, through the wasm, wherever this runs.
// `vc` is the module of web/dist, `data` the vector files. Counts every check.

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

const base64url = (hex) =>
  btoa(String.fromCharCode(...bytes(hex))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');

/** Some files leave leading zeros out of their JWKs, which RFC 7518, 6.2.1.2 forbids: from the point. */
function jwkOf({ pk, uncompressed }) {
  if (pk) return { kty: 'OKP', crv: 'Ed25519', x: base64url(pk) };
  const [x, y] = [uncompressed.slice(2, 66), uncompressed.slice(66)];
  return { kty: 'EC', crv: 'P-256', x: base64url(x), y: base64url(y) };
}

function accepted(act) {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}

const same = (left, right) => JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}

// Published vectors that must be refused, with the reason; the native tests name the same two.
const REFUSED = {
  'testcases/header_mod': 'kid is a number, and RFC 7515, 4.1.4 says string',
  'examples/w3c-vc_for_slide_deck': 'the holder key is RSA, which nothing here signs with',
};

export function check(vc, data) {
  const failed = [];
  let passed = 0;
  const holds = (name, truth) => (truth ? (passed += 1) : failed.push(name));

  for (const [file, suite] of Object.entries(data.signatures)) {
    for (const group of suite.testGroups) {
      const jwk = JSON.stringify(jwkOf(group.publicKey));
      for (const test of group.tests) {
        const ok = accepted(() => vc.verifySignature(jwk, bytes(test.msg), bytes(test.sig)));
        holds(`${file} ${test.tcId}: ${test.comment}`, ok === (test.result === 'valid'));
      }
    }
  }

  for (const vector of data.sdJwt) {
    const header = JSON.parse(atob(vector.presentation.split('.')[0].replace(/-/g, '+').replace(/_/g, '/')));
    const jwk = JSON.stringify(vector.issuer_jwk);
    if (header.typ === undefined) {
      const untyped = accepted(() => vc.Credential.verifyWithKey(vector.presentation, jwk, 'dc+sd-jwt'));
      holds(`${vector.name}: a token without typ is refused`, !untyped);
      continue;
    }
    const read = () => vc.Credential.verifyWithKey(vector.presentation, jwk, header.typ);
    holds(`${vector.name}: ${REFUSED[vector.name] ?? 'verifies'}`, accepted(read) === !(vector.name in REFUSED));
    if (accepted(read)) {
      holds(`${vector.name}: claims`, same(JSON.parse(read().claims()), vector.verified_payload));
    }
    const broken = vector.presentation.replace(/^([^.]+\.[^.]+\.)(.)/, (_, head, first) => head + (first === 'A' ? 'B' : 'A'));
    holds(`${vector.name}: broken signature`, !accepted(() => vc.Credential.verifyWithKey(broken, jwk, header.typ)));
  }

  for (const vector of data.statusLists) {
    const list = JSON.stringify({ bits: vector.bits, lst: vector.lst });
    for (const [index, status] of Object.entries(vector.statuses)) {
      holds(`${vector.name} at ${index}`, vc.statusIn(list, Number(index), 1 << 20) === status);
    }
    holds(`${vector.name}: past the end`, !accepted(() => vc.statusIn(list, vector.size, 1 << 20)));
    const size = (vector.size * vector.bits) / 8;
    holds(`${vector.name}: bounded`, !accepted(() => vc.statusIn(list, 0, size - 1)));
  }

  for (const [file, vectors] of Object.entries(data.qr)) {
    for (const vector of vectors.vectors ?? [vectors]) {
      holds(`${file}: code`, vc.decodeQr(JSON.stringify([vector.code])) === vector.presentation);
      holds(`${file}: encode`, vc.decodeQr(JSON.stringify([vc.encodeQr(vector.presentation)])) === vector.presentation);
      if (vector.parts) {
        const parts = JSON.stringify([...vector.parts].reverse());
        holds(`${file}: parts`, vc.decodeQr(parts) === vector.presentation);
        const lost = JSON.stringify(vector.parts.slice(1));
        holds(`${file}: a lost part`, !accepted(() => vc.decodeQr(lost)));
      }
    }
  }

  const { verdicts } = data;
  const registry = vc.Registry.verify(
    verdicts.registry, JSON.stringify(verdicts.operators), verdicts.threshold, undefined, verdicts.now,
  );
  for (const { name, code, list, verdict } of verdicts.cases) {
    const answer = JSON.parse(
      vc.judge(JSON.stringify([code]), JSON.stringify(verdicts.question), registry, list, verdicts.now),
    );
    const found = { outcome: answer.outcome, codes: answer.findings.map((finding) => finding.code) };
    holds(`verdict: ${name}`, same(found, verdict));
  }
  return { passed, failed };
}
