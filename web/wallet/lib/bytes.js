// Bytes and their texts.

export const utf8 = (text) => new TextEncoder().encode(text);
export const text = (bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes);
export const random = (length) => crypto.getRandomValues(new Uint8Array(length));

export function base64url(bytes) {
  let binary = '';
  for (const byte of new Uint8Array(bytes)) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}

export function joined(...parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
