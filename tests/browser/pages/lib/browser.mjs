// Browsers of the people in the story. Every page is watched: an error on its console, a breach of
// its Content-Security-Policy or a document without the policy fails the test.
import { chromium } from 'playwright-core';

const DESK = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

const ARGUMENTS = ['--no-sandbox', '--disable-background-networking', '--disable-gpu'];

function launch(more = []) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...ARGUMENTS, ...more],
  });
}

/** A browser whose camera shows a .y4m file; the file is read again each time the camera starts. */
function launchWithCamera(file) {
  return launch([
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-video-capture=${file}`,
  ]);
}

export class People {
  constructor(report) {
    this.report = report;
    this.browsers = [];
  }

  /** Somebody at a desk or with a phone, in a browser session of their own. */
  async somebody(name, { phone = false, camera, script = true, ...more } = {}) {
    const browser = camera ? await launchWithCamera(camera) : await this.plain();
    if (camera) this.browsers.push(browser);
    const context = await browser.newContext({
      viewport: phone ? PHONE : DESK,
      deviceScaleFactor: phone ? 3 : 1,
      isMobile: phone,
      hasTouch: phone,
      javaScriptEnabled: script,
      locale: 'en-GB',
      timezoneId: 'Europe/London',
      ...more,
    });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    this.watch(name, context);
    return { name, browser, context, page };
  }

  async plain() {
    if (!this.shared) {
      this.shared = await launch();
      this.browsers.push(this.shared);
    }
    return this.shared;
  }

  watch(name, context) {
    const { report } = this;
    // The browser itself reports a document that is answered by 4xx: that is no fault of the page.
    const documents = new Set();
    context.on('response', (response) => {
      if (!response.request().isNavigationRequest()) return;
      documents.add(response.url());
      const policy = response.headers()['content-security-policy'] ?? '';
      const type = response.headers()['content-type'] ?? '';
      if (!type.startsWith('text/html') || !/^http:\/\/localhost/.test(response.url())) return;
      if (this.foreign?.has(new URL(response.url()).origin)) return;
      const strict = policy.includes("default-src 'none'") || policy.includes("default-src 'self'");
      const loose = /'unsafe-inline'|'unsafe-eval'|script-src[^;]* \*|frame-ancestors (?!'none')/.test(policy);
      if (!strict || loose) report.check(`${name}: ${response.url()} has a strict policy`, false, policy);
    });
    context.on('console', (message) => {
      if (message.type() !== 'error') return;
      const { url } = message.location();
      if (documents.has(url) && /status of 4\d\d/.test(message.text())) return;
      if (this.expected?.test(message.text())) return;
      report.check(`${name}: nothing on the console`, false, `${message.text()} (${url})`);
    });
    context.on('weberror', (fault) => {
      report.check(`${name}: no error in a script`, false, fault.error().stack ?? fault.error().message);
    });
  }

  async close() {
    for (const browser of this.browsers) await browser.close();
  }
}
