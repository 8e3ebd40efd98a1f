// Runs web/dist in Node and in Chromium:
//   node wasm.mjs                the published vectors
//   node wasm.mjs --line FILE    a holder's whole line against running services; FILE says where
import { createServer } from 'node:http';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wholeLine } from './line.mjs';
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
    verdicts: json(join(own, 'verdicts.json')),
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
    } else if (name === 'vectors.mjs' || name === 'line.mjs') {
      response.setHeader('content-type', TYPES['.mjs']);
      response.end(readFileSync(join(here, name)));
    } else {
      response.statusCode = 404;
      response.end();
    }
  });
  return new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(server)));
}

async function inNode(act, data) {
  const vc = await import(join(dist, 'vc.js'));
  vc.initSync({ module: readFileSync(join(dist, 'vc_bg.wasm')) });
  return act === 'check' ? check(vc, data) : wholeLine(vc, data);
}

async function inChromium(act, data) {
  const { chromium } = await import('playwright-core');
  const server = await serve(data);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    return await page.evaluate(async (act) => {
      const vc = await import('/vc.js');
      await vc.default();
      const data = await (await fetch('/data.json')).json();
      const { check } = await import('/vectors.mjs');
      const { wholeLine } = await import('/line.mjs');
      return act === 'check' ? check(vc, data) : wholeLine(vc, data);
    }, act);
  } finally {
    await browser.close();
    server.close();
  }
}

const PLACES = { Node: inNode, Chromium: inChromium };

async function runVectors() {
  const data = vectors();
  let failures = 0;
  for (const [place, run] of Object.entries(PLACES)) {
    const { passed, failed } = await run('check', data);
    for (const name of failed) console.log(`${place}: FAILED ${name}`);
    console.log(`${place}: ${passed} passed, ${failed.length} failed`);
    failures += failed.length;
    if (passed === 0) failures += 1;
  }
  return failures === 0;
}

/** One offer for each place; answers with the codes, for the caller to scan. */
async function runLine(file) {
  const { offers, ...network } = json(file);
  const answers = {};
  for (const [place, run] of Object.entries(PLACES)) {
    answers[place] = await run('line', { ...network, ...offers.shift() });
  }
  process.stdout.write(JSON.stringify(answers));
  return true;
}

const line = process.argv.indexOf('--line');
const good = line < 0 ? await runVectors() : await runLine(process.argv[line + 1]);
process.exit(good ? 0 : 1);
