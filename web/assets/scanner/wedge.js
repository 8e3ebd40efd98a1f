// A hardware scanner that types: a fast run of keys that begins like a code and ends with Enter or
// Tab, wherever the focus is. A person's typing is slower and is left alone.

/** Longest time between two keys, in milliseconds, until a run has shown by its prefix what it is. */
const GAP = 120;
/** And from then on: a busy computer holds keys up. */
const LATER_GAP = 1500;
/** Shorter runs are no code. */
const LEAST = 12;
const MOST = 114_688;
const PREFIX = /^SP(P|[0-9][A-Z]?):/;
/** What a run may look like before its prefix is whole. */
const BEGINNING = /^(S|SP|SPP|SP[0-9][A-Z]?)$/;
const SILENT = ['Shift', 'CapsLock', 'Control', 'Alt', 'AltGraph', 'Meta'];

export class Wedge {
  #run = '';
  #last = Number.NEGATIVE_INFINITY;

  /**
   * Takes one key at a time in milliseconds. `taken`: the key belongs to a scanner, nobody else
   * should act on it. `code`: the run is whole.
   */
  press(key, at) {
    if (SILENT.includes(key)) return { taken: false };
    if (at - this.#last > (PREFIX.test(this.#run) ? LATER_GAP : GAP)) this.#run = '';
    this.#last = at;
    if (key === 'Enter' || key === 'Tab') {
      const run = this.#run;
      this.#run = '';
      const whole = PREFIX.test(run) && run.length >= LEAST;
      return whole ? { taken: true, code: run } : { taken: false };
    }
    if (key.length !== 1 || this.#run.length >= MOST) {
      this.#run = '';
      return { taken: false };
    }
    // Caps Lock turns a scanner's letters round; the code has capitals only.
    const run = this.#run + key.toUpperCase();
    if (PREFIX.test(run)) {
      this.#run = run;
      return { taken: run !== this.#prefixOf(run) };
    }
    this.#run = BEGINNING.test(run) ? run : '';
    if (this.#run === '' && key.toUpperCase() === 'S') this.#run = 'S';
    return { taken: false };
  }

  #prefixOf(run) {
    return PREFIX.exec(run)?.[0];
  }
}
