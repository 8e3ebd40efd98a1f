// The host's scan page.

export const REQUIREMENT = 'TRAINING_EDUCATION_DEVELOPMENT/NURSING_AND_MIDWIFERY_REGISTERED';

const day = (ahead) => new Date(Date.now() + ahead * 86_400_000);
const iso = (date) => date.toISOString().slice(0, 10);

/** The scan page's own address for four weeks from today. */
export function deskAddress(network, { requirement = REQUIREMENT, days = 28 } = {}) {
  return `${network.verifier}/desk?placement=${requirement}&start=${iso(day(0))}&end=${iso(day(days))}`;
}

/** Chooses the placement by the form. */
export async function choosePlacement(page, network, { requirement = REQUIREMENT, days = 28 } = {}) {
  await page.goto(`${network.verifier}/desk/placement`);
  await page.locator('[name=placement]').selectOption(requirement);
  for (const [name, date] of [['start', day(0)], ['end', day(days)]]) {
    await page.locator(`[name="${name}.day"]`).fill(String(date.getUTCDate()));
    await page.locator(`[name="${name}.month"]`).fill(String(date.getUTCMonth() + 1));
    await page.locator(`[name="${name}.year"]`).fill(String(date.getUTCFullYear()));
  }
  await page.getByRole('button', { name: 'Continue to the scan' }).click();
  await page.getByRole('heading', { name: 'Scan a staff passport' }).waitFor();
}

/** The button takes no second press within a second of the first; people are slower anyway. */
const PRESSES_APART = 1100;
const pressedAt = new WeakMap();

export async function pressCheck(page) {
  const wait = (pressedAt.get(page) ?? 0) + PRESSES_APART - Date.now();
  if (wait > 0) await page.waitForTimeout(wait);
  pressedAt.set(page, Date.now());
  await page.getByRole('button', { name: 'Check this code' }).click();
}

/** Pastes a code and waits for the verdict. */
export async function paste(page, code) {
  await page.locator('#code').fill(code);
  await pressCheck(page);
  return verdict(page);
}

/** The verdict on the screen. */
export async function verdict(page) {
  const heading = page.locator('#verdict-heading');
  const problem = page.locator('#problem:visible');
  await heading.or(problem).first().waitFor();
  if (await problem.isVisible()) throw new Error(`no verdict: ${await problem.innerText()}`);
  return {
    heading: (await heading.textContent()).trim(),
    person: await page.locator('#person-heading bdi').allTextContents(),
    findings: await page.locator('.desk-finding__sentence').allTextContents(),
    text: (await page.locator('.desk-verdict').textContent()).replace(/\s+/g, ' '),
  };
}

export async function nextPerson(page) {
  await page.locator('#scan-next').click();
  await page.locator('#scanner').waitFor({ state: 'visible' });
}
