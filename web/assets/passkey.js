// Passkeys on the pages of sign-in and invitation: asks the service for a challenge, the browser for
// the passkey, and gives the answer back. The page says what to ask in data attributes of #passkey.

const part = document.querySelector('#passkey');
const fault = document.querySelector('#passkey-fault');
const button = document.querySelector('#passkey-button');
const csrf = document.querySelector('meta[name="csrf-token"]').content;

function bytes(text) {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  if (!buffer) return undefined;
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

async function ask(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { accept: 'application/json', 'content-type': 'application/json', 'x-csrf-token': csrf },
    body: body && JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answer.detail);
  return answer;
}

class Refused extends Error {}

function withIds(list) {
  return list?.map((credential) => ({ ...credential, id: bytes(credential.id) }));
}

async function enrol({ publicKey }) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: withIds(publicKey.excludeCredentials),
    },
  });
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    extensions: {},
    response: {
      attestationObject: text(credential.response.attestationObject),
      clientDataJSON: text(credential.response.clientDataJSON),
      transports: credential.response.getTransports?.(),
    },
  };
}

async function signIn({ publicKey }) {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: withIds(publicKey.allowCredentials),
    },
  });
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    extensions: {},
    response: {
      authenticatorData: text(credential.response.authenticatorData),
      clientDataJSON: text(credential.response.clientDataJSON),
      signature: text(credential.response.signature),
      userHandle: text(credential.response.userHandle),
    },
  };
}

const ceremonies = { enrol, 'sign-in': signIn };

function say(sentence) {
  fault.textContent = sentence;
  fault.focus();
}

async function go() {
  const { ceremony, start, finish } = part.dataset;
  button.disabled = true;
  fault.textContent = '';
  try {
    const challenge = await ask(start);
    const { next } = await ask(finish, await ceremonies[ceremony](challenge));
    location.assign(next);
  } catch (error) {
    button.disabled = false;
    if (error instanceof Refused) say(error.message || fault.dataset.refused);
    else say(fault.dataset.cancelled);
  }
}

if (part) {
  if (window.PublicKeyCredential) {
    part.hidden = false;
    button.addEventListener('click', go);
  } else {
    say(fault.dataset.unsupported);
  }
}
