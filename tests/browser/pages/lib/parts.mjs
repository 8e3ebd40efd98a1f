// A code in parts, as a wallet would animate one that is too large for a single symbol.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..', 'web', 'dist');

/** Splits a code into parts of so many characters and draws each into a PNG file. */
export async function drawParts(page, code, characters, fileOf) {
  const vc = await import(pathToFileURL(join(dist, 'vc.js')).href);
  vc.initSync({ module: readFileSync(join(dist, 'vc_bg.wasm')) });
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const parts = JSON.parse(vc.splitQr(code, characters, seed));
  const files = [];
  for (const [at, part] of parts.entries()) {
    const { side, path } = JSON.parse(vc.drawQr(part));
    await page.setContent(
      `<body style="margin:0"><svg xmlns="http://www.w3.org/2000/svg" width="640" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges">` +
        `<rect width="${side}" height="${side}" fill="#fff"/><path d="${path}"/></svg>`,
    );
    files.push(fileOf(at));
    await page.locator('svg').screenshot({ path: files.at(-1) });
  }
  return files;
}
