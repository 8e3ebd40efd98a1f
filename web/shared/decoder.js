// QR codes in camera frames and pictures; the work is done by a worker that imports
// `decoder-worker.js`.

/** Wraps a decoder worker. The page makes the worker, since it knows its address. */
export class Decoder {
  #worker;
  #waiting = new Map();
  #next = 0;

  constructor(worker) {
    this.#worker = worker;
    let started;
    let broken;
    /** Resolves when the decoder can work. */
    this.ready = new Promise((resolve, reject) => {
      started = resolve;
      broken = reject;
    });
    this.ready.catch(() => {});
    worker.addEventListener('message', ({ data }) => {
      if (data.ready) started();
      if (data.broken) broken(new Error(data.broken));
      const wait = this.#waiting.get(data.id);
      if (!wait) return;
      this.#waiting.delete(data.id);
      if (data.error) wait.reject(new Error(data.error));
      else wait.resolve(data.texts);
    });
    worker.addEventListener('error', (event) => {
      const error = new Error(event.message ?? 'the decoder stopped');
      broken(error);
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
  }

  /** The texts of the codes in one camera frame (`ImageData`, whose pixels are handed over). */
  frame(image) {
    return this.#ask({ image }, [image.data.buffer]);
  }

  /** The texts of the codes in a picture file. */
  picture(file) {
    return this.#ask({ picture: file }, []);
  }

  close() {
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(new Error('the decoder was closed'));
    this.#waiting.clear();
  }

  #ask(message, transfer) {
    const id = ++this.#next;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...message }, transfer);
    });
  }
}
