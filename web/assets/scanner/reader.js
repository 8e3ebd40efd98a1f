// The page's side of the worker: one picture at a time, the newest; nothing waits in a queue.

/** Longest side of a picture file that is looked at. */
const LARGEST_FILE = 4096;

export class Reader {
  #worker;
  #waiting = null;
  #id = 0;

  /** `onBroken` is called when the reader can't be loaded. */
  constructor(address, onBroken) {
    this.#worker = new Worker(address, { type: 'module' });
    this.#worker.onerror = onBroken;
    this.#worker.onmessage = ({ data }) => {
      if (data.broken) onBroken();
      if (data.id === undefined || data.id !== this.#waiting?.id) return;
      const { resolve } = this.#waiting;
      this.#waiting = null;
      resolve(data.texts);
    };
  }

  get busy() {
    return this.#waiting !== null;
  }

  /** Texts of the codes in a video's present frame or a picture. Not while busy. */
  async texts(source) {
    const picture = await grab(source);
    this.#id += 1;
    const id = this.#id;
    return new Promise((resolve) => {
      this.#waiting?.resolve([]);
      this.#waiting = { id, resolve };
      this.#worker.postMessage({ id, picture }, [picture.data?.buffer ?? picture]);
    });
  }
}

async function grab(source) {
  let bitmap = await createImageBitmap(source);
  const longer = Math.max(bitmap.width, bitmap.height);
  if (longer > LARGEST_FILE) {
    bitmap.close();
    const scale = LARGEST_FILE / longer;
    bitmap = await createImageBitmap(source, {
      resizeWidth: Math.round(bitmap.width * scale),
      resizeQuality: 'high',
    });
  }
  if (globalThis.OffscreenCanvas) return bitmap;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
