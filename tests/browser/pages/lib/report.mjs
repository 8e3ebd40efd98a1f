// What a script found: checks that held or not, and figures.

export class Report {
  passed = 0;
  failed = [];
  figures = {};

  check(name, truth, detail = '') {
    if (truth) {
      this.passed += 1;
    } else {
      this.failed.push(detail === '' ? name : `${name}: ${detail}`);
      console.error(`✗ ${this.failed.at(-1)}`);
    }
    return Boolean(truth);
  }

  same(name, found, wanted) {
    const [left, right] = [JSON.stringify(found), JSON.stringify(wanted)];
    return this.check(name, left === right, `${left} instead of ${right}`);
  }

  /** Runs a step; what it throws is a failure, and the next step still runs. */
  async step(name, act) {
    const began = performance.now();
    try {
      await act();
      console.error(`· ${name} (${Math.round(performance.now() - began)} ms)`);
      this.passed += 1;
    } catch (error) {
      this.check(name, false, error.message);
    }
  }

  figure(name, value) {
    this.figures[name] = value;
    console.error(`  ${name}: ${value}`);
  }
}
