// Create and offer, and scan by paste, with no pointer at all: Tab, Space, arrows, Enter and letters.
import { CliWallet } from './lib/cli-wallet.mjs';
import { REQUIREMENT } from './lib/desk.mjs';
import { readOffer } from './lib/offer.mjs';
import { enrol } from './lib/passkey.mjs';
import { withRows } from './lib/passport-form.mjs';

/** What has the focus; `seen` tells whether it can be seen that it has. */
const focused = (page) =>
  page.evaluate(() => {
    const here = document.activeElement;
    const { top, bottom, width, height } = here.getBoundingClientRect();
    const style = getComputedStyle(here);
    const label = here.labels?.[0] && getComputedStyle(here.labels[0], '::before');
    const ring = [style.outlineStyle !== 'none', style.boxShadow !== 'none', label && label.boxShadow !== 'none', label && label.outlineStyle !== 'none'];
    return {
      tag: here.tagName,
      name: here.getAttribute('name') ?? '',
      type: here.type ?? '',
      value: here.value ?? '',
      text: (here.textContent ?? '').trim().slice(0, 80),
      checked: here.checked ?? false,
      inView: bottom > 0 && top < innerHeight && width > 0 && height > 0,
      ring: ring.some(Boolean),
    };
  });

/** Tabs on until `stop` holds; `on` acts on what has the focus. */
async function tabTo(page, report, stop, on = async () => {}) {
  for (let tabs = 0; tabs < 600; tabs += 1) {
    await page.keyboard.press('Tab');
    const here = await focused(page);
    if (here.tag === 'BODY') continue;
    if (!here.inView) report.check('what has the focus is in view', false, JSON.stringify(here));
    if (!here.ring) report.check('the focus can be seen', false, JSON.stringify(here));
    if (stop(here)) return here;
    await on(here);
  }
  throw new Error('the control was not reached by Tab');
}

async function press(page, report, text) {
  await tabTo(page, report, (here) => ['BUTTON', 'A', 'SUMMARY'].includes(here.tag) && here.text.startsWith(text));
  await page.keyboard.press('Enter');
}

/** Gives what has the focus the value that is wanted for its name. */
async function type(page, wanted, here) {
  const value = wanted.get(here.name);
  if (value === undefined) return;
  if (here.type === 'radio') {
    // The group is one stop; the arrows move and choose.
    await page.keyboard.press('Space');
    for (let turns = 0; turns < 20 && (await focused(page)).value !== value; turns += 1) await page.keyboard.press('ArrowDown');
    if ((await focused(page)).value !== value) throw new Error(`${here.name} has no ${value}`);
  } else if (here.type === 'checkbox') {
    if (!here.checked) await page.keyboard.press('Space');
  } else if (here.type === 'select-one') {
    const label = await page.evaluate((value) => [...document.activeElement.options].find((one) => one.value === value)?.text, value);
    await page.keyboard.type(label);
    const now = (await focused(page)).value;
    if (now !== value) throw new Error(`${here.name} is ${now}, not ${value}`);
  } else {
    await page.keyboard.type(value);
  }
  wanted.delete(here.name);
}

export default async function keyboard({ network, report, people }) {
  const hannah = await people.somebody('Hannah');
  const harry = await people.somebody('Harry');
  await enrol(hannah, network.invitations.issuer.hr_issuer);
  await enrol(harry, network.invitations.verifier.hr_verifier);
  const { page } = hannah;
  const wallet = new CliWallet(network, 'keyboard');

  await report.step('the first Tab offers to skip to the content', async () => {
    await page.goto(`${network.issuer}/console`);
    await page.keyboard.press('Tab');
    report.check('skip link', /skip/i.test((await focused(page)).text));
    await page.keyboard.press('Enter');
    report.check('it leads to the content', page.url().endsWith('#maincontent'), page.url());
  });

  await report.step('a passport is made by keys alone', async () => {
    await page.goto(`${network.issuer}/console/passports/new`);
    const wanted = await withRows(page, network.nurse);
    // What the page has filled in already is not typed again.
    await tabTo(page, report, (here) => here.tag === 'BUTTON' && here.value === 'review', (here) => type(page, wanted, here));
    report.same('every field was reached', [...wanted.keys()], []);
    await page.keyboard.press('Enter');
    await page.locator('button[value=create]').waitFor();
    await tabTo(page, report, (here) => here.name === 'waive');
    await page.keyboard.press('Space');
    await tabTo(page, report, (here) => here.value === 'create');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/offer/);
  });

  await report.step('the offer is collected', async () => {
    wallet.receive(await readOffer(page));
  });

  await report.step('a code is scanned by keys alone', async () => {
    await harry.page.goto(`${network.verifier}/desk/placement`);
    const wanted = new Map([['placement', REQUIREMENT]]);
    const end = new Date(Date.now() + 28 * 86_400_000);
    const parts = { day: end.getUTCDate(), month: end.getUTCMonth() + 1, year: end.getUTCFullYear() };
    for (const [part, value] of Object.entries(parts)) wanted.set(`end.${part}`, String(value));
    await tabTo(harry.page, report, (here) => here.text.startsWith('Continue'), (here) => type(harry.page, wanted, here));
    await harry.page.keyboard.press('Enter');
    await harry.page.getByRole('heading', { name: 'Scan a staff passport' }).waitFor();
    await tabTo(harry.page, report, (here) => here.name === 'code');
    await harry.page.keyboard.insertText(wallet.code(REQUIREMENT));
    await press(harry.page, report, 'Check this code');
    const heading = harry.page.locator('#verdict-heading');
    await heading.waitFor();
    report.same('the outcome', (await heading.textContent()).trim(), 'May start');
    report.check('the verdict has the focus', await heading.evaluate((it) => it === document.activeElement));
    await press(harry.page, report, 'Scan the next person');
    await harry.page.locator('#scanner').waitFor({ state: 'visible' });
  });

  await report.step('a hand-held scanner types from wherever the focus is', async () => {
    await harry.page.locator('h1').first().evaluate((it) => it.focus());
    const code = wallet.code(REQUIREMENT);
    await harry.page.keyboard.type(code, { delay: 0 });
    await harry.page.keyboard.press('Enter');
    const heading = harry.page.locator('#verdict-heading');
    await heading.waitFor();
    report.same('the outcome', (await heading.textContent()).trim(), 'May start');
  });
}
