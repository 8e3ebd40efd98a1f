// Requests to other origins: bounded, without cookies, without redirects, never cached.

import { Trouble } from './trouble.js';

const TIMEOUT = 15_000;
const MAX_BYTES = 1024 * 1024;

async function bounded(response) {
  const parts = [];
  let length = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > MAX_BYTES) {
      await reader.cancel();
      throw new Trouble('answer', 'the answer is too large');
    }
    parts.push(value);
  }
  return new Blob(parts).text();
}

/** Sends a request: `{status, ok, type, etag, nonce, challenge, text}`. Fails with the trouble `offline`. */
export async function request(url, { method = 'GET', headers = {}, body } = {}) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT);
  try {
    const response = await fetch(url, {
      method,
      headers,
      body,
      signal: abort.signal,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
    const type = response.headers.get('content-type')?.split(';')[0].trim() ?? '';
    const text = response.status === 304 ? '' : await bounded(response);
    const header = (name) => response.headers.get(name);
    const [etag, nonce, challenge] = ['etag', 'dpop-nonce', 'www-authenticate'].map(header);
    return { status: response.status, ok: response.ok, type, etag, nonce, challenge, text };
  } catch (error) {
    if (error instanceof Trouble) throw error;
    throw new Trouble('offline', `${new URL(url).host}: ${error.message}`);
  } finally {
    clearTimeout(timer);
  }
}

/** GET of a document that must be there and of this type. */
export async function document_(url, type = 'application/json') {
  const answer = await request(url, { headers: { accept: type } });
  if (!answer.ok) throw new Trouble('answer', `${new URL(url).host} answers ${answer.status}`);
  if (answer.type !== type) throw new Trouble('answer', `${new URL(url).host} answers with ${answer.type}`);
  return answer.text;
}
