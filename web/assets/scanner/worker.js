// Gets a picture, answers with the texts of the QR codes in it. One picture at a time.
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

import { views } from './views.js';

const OPTIONS = {
  formats: ['QRCode'],
  textMode: 'Plain',
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  tryDownscale: true,
  maxNumberOfSymbols: 4,
};

const ready = prepareZXingModule({
  overrides: { locateFile: () => new URL('zxing_reader.wasm', import.meta.url).href },
  fireImmediately: true,
});
ready.then(
  () => postMessage({ ready: true }),
  () => postMessage({ broken: true }),
);

let canvas = null;

/** The pixels of a part of a picture, at a scale. */
function pixels(picture, view) {
  const width = Math.max(1, Math.round(view.width * view.scale));
  const height = Math.max(1, Math.round(view.height * view.scale));
  canvas ??= new OffscreenCanvas(width, height);
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(picture, view.x, view.y, view.width, view.height, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

async function texts(picture) {
  // A browser without OffscreenCanvas sends pixels: then there is only the whole.
  if (picture instanceof ImageData) return found(await readBarcodes(picture, OPTIONS));
  for (const view of views(picture.width, picture.height)) {
    const read = found(await readBarcodes(pixels(picture, view), OPTIONS));
    if (read.length > 0) return read;
  }
  return [];
}

function found(results) {
  return results.filter((result) => result.isValid).map((result) => result.text);
}

onmessage = async ({ data: { id, picture } }) => {
  try {
    await ready;
    postMessage({ id, texts: await texts(picture) });
  } catch {
    postMessage({ id, texts: [] });
  } finally {
    picture.close?.();
  }
};
