import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import vm from 'node:vm';

const SOURCE = readFileSync(new URL('../sw.js', import.meta.url), 'utf8');
const ORIGIN = 'https://wallet.example';

/** The service worker over caches in memory. */
function worker(version, files, { stored = new Map(), served = () => true } = {}) {
  const listeners = {};
  const caches = {
    open: async (name) => {
      if (!stored.has(name)) stored.set(name, new Set());
      const kept = stored.get(name);
      return {
        addAll: async (requests) => {
          if (!requests.every(({ url }) => served(url))) throw new Error('a file is missing');
          for (const { url } of requests) kept.add(url);
        },
        match: async (path) => (kept.has(path) ? `cached ${path}` : undefined),
      };
    },
    keys: async () => [...stored.keys()],
    delete: async (name) => stored.delete(name),
  };
  class Request {
    constructor(url, options) {
      Object.assign(this, { url, ...options });
    }
  }
  const self = {
    location: { origin: ORIGIN },
    clients: { claim: async () => {} },
    skipped: 0,
    skipWaiting() {
      self.skipped += 1;
    },
    addEventListener: (name, listener) => {
      listeners[name] = listener;
    },
  };
  const fetch = async (request) => `fetched ${request.url}`;
  vm.runInNewContext(SOURCE, { self, caches, Request, URL, fetch, Promise, PRECACHE: { version, files } });
  const event = (name) => {
    let work;
    listeners[name]({ waitUntil: (promise) => (work = promise) });
    return work;
  };
  const answer = (url, more = {}) => {
    let response = null;
    const request = { url, method: 'GET', mode: 'cors', ...more };
    listeners.fetch({ request, respondWith: (promise) => (response = promise) });
    return response;
  };
  return { stored, event, answer, message: (data) => listeners.message({ data }), self };
}

const FILES = ['/', '/app.js', '/manifest.webmanifest', '/vc_bg.wasm'];

test('every file is kept under the hash of all of them, but what the service makes', async () => {
  const { stored, event } = worker('abc', FILES);

  await event('install');

  assert.deepEqual([...stored.get('wallet-abc')], ['/', '/app.js', '/vc_bg.wasm']);
});

test('an update that breaks off leaves no half version', async () => {
  const { stored, event } = worker('abc', FILES, { served: (url) => url !== '/vc_bg.wasm' });

  await assert.rejects(event('install'));

  assert.equal(stored.has('wallet-abc'), false);
});

test('an update takes the old version away, and nothing of others', async () => {
  const stored = new Map([
    ['wallet-old', new Set()],
    ['another', new Set()],
  ]);
  const { event } = worker('new', FILES, { stored });
  await event('install');

  await event('activate');

  assert.deepEqual([...stored.keys()].sort(), ['another', 'wallet-new']);
});

test('an update waits until it is told', async () => {
  const { event, message, self } = worker('new', FILES);

  await event('install');
  assert.equal(self.skipped, 0);
  message('take-over');

  assert.equal(self.skipped, 1);
});

test('answers of services never come near the cache', () => {
  const { answer } = worker('abc', FILES);

  for (const url of [`${ORIGIN}/config.json`, 'https://issuer.example/credential', 'https://registry.example/trust-registry.json', 'https://issuer.example/']) {
    assert.equal(answer(url), null, url);
  }
  assert.equal(answer(`${ORIGIN}/app.js`, { method: 'POST' }), null);
});

test('the wallet opens without a network', async () => {
  const { event, answer } = worker('abc', FILES);
  await event('install');

  assert.equal(await answer(`${ORIGIN}/app.js`), 'cached /app.js');
  assert.equal(await answer(`${ORIGIN}/?from=home-screen`, { mode: 'navigate' }), 'cached /');
});
