// Offline: every file of the wallet, and nothing else, is kept under the hash of all of them. Answers
// of services and anything of the holder's never come near this cache.

/* global PRECACHE */
const PREFIX = 'wallet-';
const CACHE = PREFIX + PRECACHE.version;
/** Made by the service that serves the wallet: not part of the hash. */
const NOT_KEPT = ['/manifest.webmanifest'];
const FILES = PRECACHE.files.filter((file) => !NOT_KEPT.includes(file));

async function install() {
  const cache = await caches.open(CACHE);
  try {
    // Around the browser's own cache, so that no old file gets in.
    await cache.addAll(FILES.map((file) => new Request(file, { cache: 'reload' })));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));

self.addEventListener('message', (event) => {
  if (event.data === 'take-over') self.skipWaiting();
  if (event.data === 'version') event.source?.postMessage({ version: PRECACHE.version });
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  const path = request.mode === 'navigate' ? '/' : url.pathname;
  if (!FILES.includes(path)) return;
  event.respondWith(
    caches.open(CACHE).then(async (cache) => (await cache.match(path)) ?? fetch(request)),
  );
});
