// What went wrong, by a code that the texts know, with a detail for whoever helps.

export class Trouble extends Error {
  constructor(code, detail = '', data = {}) {
    super(detail || code);
    this.code = code;
    this.data = data;
  }
}

/** Runs a step of the wasm; its refusals become a trouble of this code. */
export function held(code, step) {
  try {
    return step();
  } catch (error) {
    if (/future/.test(error.message)) throw new Trouble('clock', error.message);
    throw new Trouble(code, error.message);
  }
}
