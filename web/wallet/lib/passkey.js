// A secret from a passkey: WebAuthn with the PRF extension, behind the phone's own lock.

import { random } from './bytes.js';

const TIMEOUT = 120_000;

/** Why a passkey gave no secret: `cancelled`, or `unsupported` (no PRF here). */
export class PasskeyError extends Error {
  constructor(reason, cause) {
    super(`passkey: ${reason}`, { cause });
    this.reason = reason;
  }
}

/** Whether it is worth offering: a platform lock that can, as far as the browser tells. */
export async function passkeyPossible() {
  if (!globalThis.PublicKeyCredential || !navigator.credentials) return false;
  try {
    const can = await PublicKeyCredential.getClientCapabilities?.();
    if (can?.['extension:prf'] === false) return false;
    return await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
  } catch {
    return false;
  }
}

const refused = (error) => new PasskeyError(error.name === 'NotSupportedError' ? 'unsupported' : 'cancelled', error);

/** Makes a passkey and gives `{credentialId, prfSalt, secret}`. */
export async function createPasskey(name) {
  const prfSalt = random(32);
  let made;
  try {
    made = await navigator.credentials.create({
      publicKey: {
        rp: { id: location.hostname, name },
        user: { id: random(16), name, displayName: name },
        challenge: random(32),
        pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: {
          authenticatorAttachment: 'platform',
          residentKey: 'preferred',
          userVerification: 'required',
        },
        timeout: TIMEOUT,
        extensions: { prf: { eval: { first: prfSalt } } },
      },
    });
  } catch (error) {
    throw refused(error);
  }
  const { prf } = made.getClientExtensionResults();
  if (!prf?.enabled) throw new PasskeyError('unsupported');
  const credentialId = new Uint8Array(made.rawId);
  const secret = prf.results?.first
    ? new Uint8Array(prf.results.first)
    : await passkeySecret({ credentialId, prfSalt });
  return { credentialId, prfSalt, secret };
}

/** The secret of a passkey made earlier. */
export async function passkeySecret({ credentialId, prfSalt }) {
  let used;
  try {
    used = await navigator.credentials.get({
      publicKey: {
        rpId: location.hostname,
        challenge: random(32),
        allowCredentials: [{ type: 'public-key', id: credentialId, transports: ['internal'] }],
        userVerification: 'required',
        timeout: TIMEOUT,
        extensions: { prf: { eval: { first: prfSalt } } },
      },
    });
  } catch (error) {
    throw refused(error);
  }
  const first = used.getClientExtensionResults().prf?.results?.first;
  if (!first) throw new PasskeyError('unsupported');
  return new Uint8Array(first);
}
