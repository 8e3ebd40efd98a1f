// Looks at a page as a hospital would: WCAG 2.2 AA by axe, reflow at 320 px (which is 1280 px at
// 400 %), a picture at desk and phone width.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function violations(page) {
  await page.evaluate(axe);
  return page.evaluate(async (tags) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: { type: 'tag', values: tags } });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  }, TAGS);
}

/** What still stands out when the page has had the time to fold its menu. */
async function overflow(page) {
  for (let tried = 0; tried < 10 && (await standsOut(page)); tried += 1) await page.waitForTimeout(100);
  return standsOut(page);
}

function standsOut(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return null;
    const wide = [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
      .map((element) => `${element.tagName.toLowerCase()}.${element.className}`);
    return `${scrollWidth} > ${clientWidth} by ${wide.slice(0, 4).join(', ')}`;
  });
}

/** The page as it stands where scripts are off, in a page where the judge's can run. */
async function withScript(page) {
  const html = (await page.content()).replace(/<script\b[^]*?<\/script>/gi, '').replace(/<\/?noscript[^>]*>/gi, '');
  const context = await page.context().browser().newContext({ viewport: page.viewportSize(), locale: 'en-GB' });
  const copy = await context.newPage();
  await copy.route(page.url(), (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }));
  await copy.goto(page.url());
  return copy;
}

/** Every state of every page comes through here. `script: false` where scripts are off. */
export async function look(report, { page }, name, { script = true, folder, resize = true } = {}) {
  const before = page.viewportSize();
  const picture = async (width) => {
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: resize });
  };
  if (!script) {
    const copy = await withScript(page);
    const found = await violations(copy);
    await copy.context().close();
    report.check(`${name}: WCAG 2.2 AA`, found.length === 0, found.join('\n    '));
  } else {
    // All of it in view: a bar at the edge of the screen then covers nothing that scrolling uncovers.
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    if (resize) await page.setViewportSize({ width: before.width, height: Math.max(before.height, Math.min(whole, 16_000)) });
    const found = await violations(page);
    await page.setViewportSize(before);
    report.check(`${name}: WCAG 2.2 AA`, found.length === 0, found.join('\n    '));
  }
  await picture(before.width);
  if (!resize) return;
  await page.setViewportSize({ width: 320, height: 640 });
  const wide = await overflow(page);
  report.check(`${name}: no sideways scrolling at 320 px`, wide === null, wide);
  await picture(320);
  await page.setViewportSize(before);
}
