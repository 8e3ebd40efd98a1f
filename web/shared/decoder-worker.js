// The body of a decoder worker: QR codes in pictures, by zxing-wasm. Imported by the worker entries
// of the scan page and of the phone wallet; `zxing_reader.wasm` lies beside those.
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

const FRAME = { formats: ['QRCode'], tryHarder: true, tryInvert: false, maxNumberOfSymbols: 2 };
const PICTURE = { ...FRAME, tryInvert: true, maxNumberOfSymbols: 16 };

const ready = prepareZXingModule({
  overrides: { locateFile: () => new URL('zxing_reader.wasm', self.location.href).href },
  fireImmediately: true,
});
ready.then(() => self.postMessage({ ready: true })).catch((error) => self.postMessage({ broken: String(error) }));

self.addEventListener('message', async ({ data: { id, image, picture } }) => {
  try {
    const found = await readBarcodes(image ?? picture, image ? FRAME : PICTURE);
    self.postMessage({ id, texts: found.filter(({ isValid }) => isValid).map(({ text }) => text) });
  } catch (error) {
    self.postMessage({ id, error: String(error) });
  }
});
