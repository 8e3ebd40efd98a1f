// The only two scripts that this page ever loads by name. Under
// `require-trusted-types-for 'script'` no other text can become one.

const SCRIPTS = ['/sw.js', '/scan-worker.js'];

function checked(address) {
  if (!SCRIPTS.includes(address)) throw new TypeError(`${address} is no script of the wallet`);
  return address;
}

const policy = globalThis.trustedTypes?.createPolicy('wallet', { createScriptURL: checked });

export const scriptAddress = (address) => (policy ? policy.createScriptURL(address) : checked(address));
