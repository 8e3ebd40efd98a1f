// Runs the vectors through web/dist in Node and in Chromium: node wasm.mjs [--node-only]
import { createServer } from 'node:http';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from './vectors.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const dist = join(root, 'web', 'dist');
const published = process.env.STAFF_PASSPORT_VECTORS ?? join(root, '..', 'shared', 'vectors');

function json(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function vectors() {
  const own = join(root, 'tests', 'vectors');
  const qr = readdirSync(own).filter((name) => name.startsWith('qr-') && name.endsWith('.json'));
  const data = {
    signatures: {},
    sdJwt: [],
    statusLists: [],
    qr: Object.fromEntries(qr.map((name) => [name, json(join(own, name))])),
  };
  if (existsSync(published)) {
    for (const file of ['ed25519_test', 'ecdsa_secp256r1_sha256_p1363_test']) {
      data.signatures[file] = json(join(published, 'wycheproof', `${file}.json`));
    }
    data.sdJwt = json(join(published, 'sd-jwt', 'sdjwt_vectors.json'));
    data.statusLists = json(join(published, 'tsl', 'tsl_vectors.json'));
  } else {
    console.log(`SKIPPED: the published vectors are not at ${published}; only our own ran`);
  }
  return data;
}

const TYPES = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

/** Serves web/dist, the checks and an empty page on a free port of this machine. */
function serve(data) {
  const server = createServer((request, response) => {
    const name = request.url.slice(1);
    if (name === '') {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>vectors</title>');
    } else if (name === 'data.json') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(data));
    } else if (/^(vc\.js|vc_bg\.wasm)$/.test(name)) {
      response.setHeader('content-type', TYPES[extname(name)]);
      response.end(readFileSync(join(dist, name)));
    } else if (name === 'vectors.mjs') {
      response.setHeader('content-type', TYPES['.mjs']);
      response.end(readFileSync(join(here, name)));
    } else {
      response.statusCode = 404;
      response.end();
    }
  });
  return new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(server)));
}

async function inNode(data) {
  const vc = await import(join(dist, 'vc.js'));
  vc.initSync({ module: readFileSync(join(dist, 'vc_bg.wasm')) });
  return check(vc, data);
}

async function inChromium(data) {
  const { chromium } = await import('playwright-core');
  const server = await serve(data);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    return await page.evaluate(async () => {
      const vc = await import('/vc.js');
      await vc.default();
      const { check } = await import('/vectors.mjs');
      return check(vc, await (await fetch('/data.json')).json());
    });
  } finally {
    await browser.close();
    server.close();
  }
}

const data = vectors();
const places = process.argv.includes('--node-only') ? { Node: inNode } : { Node: inNode, Chromium: inChromium };
let failures = 0;
for (const [place, run] of Object.entries(places)) {
  const { passed, failed } = await run(data);
  for (const name of failed) console.log(`${place}: FAILED ${name}`);
  console.log(`${place}: ${passed} passed, ${failed.length} failed`);
  failures += failed.length;
  if (passed === 0) failures += 1;
}
process.exit(failures === 0 ? 0 : 1);
