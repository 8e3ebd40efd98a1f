// What is a staff passport's code, by docs/qr-format.md; and the parts of an animated one.

const WHOLE = /^SP(0|[0-9][A-Z]):/;
const PART = /^SPP:([A-Z0-9]{1,8})\/([1-9][0-9]?)\/([1-9][0-9]?):([^]+)$/;
const MOST_PARTS = 64;

/** A text without what scanners put around it. Spaces stay: they are characters of the code. */
export function trimmed(text) {
  return text.replace(/^[\r\n\t]+|[\r\n\t]+$/g, '');
}

/** Whether a text is meant for this page. A poster's web address is not. */
export function isCode(text) {
  return WHOLE.test(text) || PART.test(text) || /^ey[A-Za-z0-9_.-]+~/.test(text);
}

export function part(text) {
  const [, id, k, n] = PART.exec(text) ?? [];
  if (id === undefined || Number(k) > Number(n) || Number(n) > MOST_PARTS) return null;
  return { id, k: Number(k), n: Number(n) };
}

/**
 * Gathers the parts of one animated code, in any order and any number of times. A part of another
 * sequence begins anew: the wallet has renewed its code.
 */
export class Parts {
  #id = '';
  #n = 0;
  #texts = new Map();

  /** `{ have, of }`, and `codes` (all parts, in order) once none is missing; null for no part. */
  add(text) {
    const found = part(text);
    if (found === null) return null;
    if (found.id !== this.#id || found.n !== this.#n) {
      this.clear();
      [this.#id, this.#n] = [found.id, found.n];
    }
    const before = this.#texts.get(found.k);
    const isNew = before !== text;
    // A part that says something else than before: neither can be relied on.
    if (isNew && before !== undefined) this.#texts.clear();
    this.#texts.set(found.k, text);
    const progress = { have: this.#texts.size, of: this.#n, isNew };
    if (this.#texts.size < this.#n) return progress;
    const codes = [...this.#texts].sort(([a], [b]) => a - b).map(([, one]) => one);
    return { ...progress, codes };
  }

  get begun() {
    return this.#texts.size > 0;
  }

  clear() {
    this.#id = '';
    this.#n = 0;
    this.#texts.clear();
  }
}

/** Tells one code from another without keeping either (FNV-1a, 2 × 32 bits). */
export function fingerprint(text) {
  let [a, b] = [0x811c9dc5, 0x1000193];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x5bd1e995) ^ (b >>> 15);
  }
  return `${a >>> 0}.${b >>> 0}.${text.length}`;
}
