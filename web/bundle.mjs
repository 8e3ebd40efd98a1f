// Makes the services' assets and the phone wallet:  node bundle.mjs WASM_DIR OUT_DIR
// web/README.md says what goes where.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const [wasm, out] = process.argv.slice(2).map((path) => resolve(path));
const packages = join(here, 'node_modules');
const nhsuk = join(packages, 'nhsuk-frontend', 'dist', 'nhsuk');
const FONT = 'Arial, sans-serif';
// The pages may hold no inline script, so what nhsuk-frontend asks of one is done here.
const NHSUK = `
import { initAll } from 'nhsuk-frontend';
document.body.classList.add('js-enabled', 'nhsuk-frontend-supported');
initAll();
`;

const common = {
  bundle: true,
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  target: ['chrome109', 'firefox115', 'safari16.4'],
  alias: { vc: join(wasm, 'vc.js') },
  nodePaths: [packages],
  // What a stylesheet names is served beside it, and is not taken into it.
  external: ['*.svg', '*.png'],
  logLevel: 'warning',
};

/** nhsuk-frontend names a web font that only services of the NHS may use. */
function withoutWebFont(css) {
  const fonts = /@font-face\s*{[^}]*}/g;
  const found = css.match(fonts)?.length;
  if (found !== 2) throw new Error(`nhsuk-frontend has ${found} @font-face rules, not 2`);
  const plain = css
    .replace(fonts, '')
    .replace(/font-family:Frutiger W01,arial,sans-serif/g, `font-family:${FONT}`)
    .replace(/\/assets\/images\//g, '')
    .replace(/\/\*# sourceMappingURL=.*?\*\//, '');
  if (/frutiger|https?:\/\/(?!www\.w3\.org)/i.test(plain)) {
    throw new Error('nhsuk-frontend still names the web font or an outside address');
  }
  return plain;
}

function entries(folder, kinds) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && kinds.includes(extname(entry.name)))
    .map((entry) => join(folder, entry.name));
}

/** Whatever needs no bundling, with its folder when `deep`. */
function copyOthers(folder, into, deep) {
  if (!existsSync(folder)) return;
  for (const name of below(folder)) {
    const other = !['.js', '.mjs', '.css', '.md'].includes(extname(name));
    if (other && (deep || dirname(name) === '/')) cpSync(join(folder, name), join(into, name));
  }
}

/** All files below a folder, as addresses, in a fixed order. */
function below(folder, under = '') {
  return readdirSync(join(folder, under), { withFileTypes: true })
    .flatMap((entry) => {
      const name = `${under}/${entry.name}`;
      return entry.isDirectory() ? below(folder, name) : [name];
    })
    .sort();
}

async function bundle(files, outdir) {
  if (files.length > 0) await build({ ...common, entryPoints: files, outdir, format: 'esm' });
}

async function assets() {
  const into = join(out, 'assets');
  mkdirSync(into, { recursive: true });
  const css = withoutWebFont(readFileSync(join(nhsuk, 'nhsuk-frontend.min.css'), 'utf8'));
  writeFileSync(join(into, 'nhsuk.css'), css);
  // The icons that the stylesheet names are the only pictures taken: others show the NHS's own logo.
  for (const [, name] of css.matchAll(/url\((nhsuk-icon-[a-z-]+\.svg)\)/g)) {
    cpSync(join(nhsuk, 'assets', 'images', name), join(into, name));
  }
  await build({
    ...common,
    stdin: { contents: NHSUK, resolveDir: here },
    outfile: join(into, 'nhsuk.js'),
    format: 'esm',
  });
  cpSync(join(packages, 'zxing-wasm', 'dist', 'reader', 'zxing_reader.wasm'), join(into, 'zxing_reader.wasm'));
  cpSync(join(wasm, 'vc_bg.wasm'), join(into, 'vc_bg.wasm'));
  for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
    cpSync(join(packages, 'swagger-ui-dist', name), join(into, name));
  }
  const ours = join(here, 'assets');
  copyOthers(ours, into, false);
  await bundle(entries(ours, ['.js', '.css']), into);
}

async function wallet() {
  const source = join(here, 'wallet');
  if (!existsSync(source)) return;
  const into = join(out, 'wallet');
  mkdirSync(into, { recursive: true });
  copyOthers(source, into, true);
  const shared = readdirSync(join(out, 'assets')).filter((name) => name.startsWith('nhsuk-icon-'));
  for (const name of ['nhsuk.css', 'zxing_reader.wasm', 'vc_bg.wasm', ...shared]) {
    cpSync(join(out, 'assets', name), join(into, name));
  }
  const worker = join(source, 'sw.js');
  await bundle(entries(source, ['.js', '.css']).filter((path) => path !== worker), into);
  if (!existsSync(worker)) return;
  const files = below(into);
  const hash = createHash('sha256').update(readFileSync(worker));
  for (const name of files) hash.update(`${name}\0`).update(readFileSync(join(into, name)));
  const precache = {
    version: hash.digest('hex').slice(0, 16),
    files: files.map((name) => (name === '/index.html' ? '/' : name)),
  };
  await build({
    ...common,
    entryPoints: [worker],
    outdir: into,
    format: 'iife',
    define: { PRECACHE: JSON.stringify(precache) },
  });
}

await assets();
await wallet();
