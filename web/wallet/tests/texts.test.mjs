// Every text that a page names is there, and every text that is there is named.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import texts from '../texts/en.js';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Found by a value: `t.troubles[code]`, `texts.words[code]`. */
const BY_VALUE = ['troubles', 'words', 'nav', 'home.pendingStage', 'review.reasons', 'receive.txFault', 'receive.refused', 'history', 'settings.lockedBy', 'standing', 'checks', 'ago', 'broken'];

function source() {
  const folders = ['', 'lib', 'views'];
  const files = folders.flatMap((folder) => readdirSync(join(root, folder)).filter((name) => name.endsWith('.js')).map((name) => join(root, folder, name)));
  return files.map((file) => readFileSync(file, 'utf8')).join('\n');
}

function leaves(found, path = []) {
  return Object.entries(found).flatMap(([name, inner]) =>
    typeof inner === 'object' ? leaves(inner, [...path, name]) : [[...path, name].join('.')],
  );
}

test('no text is missing', () => {
  const named = [...source().matchAll(/\b(?:t|texts)((?:\.[a-zA-Z]+)+)/g)].map(([, path]) => path.slice(1).split('.'));
  const missing = named.filter(([first]) => first in texts).filter((path) => {
    let found = texts;
    for (const name of path) {
      if (typeof found !== 'object') return false;
      if (!(name in found)) return true;
      found = found[name];
    }
    return false;
  });

  assert.deepEqual(missing, []);
  assert.ok(named.length > 100);
});

test('no text is unused', () => {
  const all = source();
  const unused = leaves(texts).filter((path) => {
    if (BY_VALUE.some((group) => path.startsWith(`${group}.`))) return false;
    return !all.includes(`.${path.split('.').at(-1)}`);
  });

  assert.deepEqual(unused, []);
});
