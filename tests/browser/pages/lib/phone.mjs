// The phone wallet, as its holder uses it.
import { addAuthenticator } from './passkey.mjs';

const HOST = 'R0A';

/** Opens the wallet for the first time and locks it by the phone's own lock, or by a PIN. */
export async function setUp(who, network, { pin } = {}) {
  const { page } = who;
  if (!pin) who.keys ??= await addAuthenticator(who);
  await page.goto(`${network.wallet}/`);
  await page.getByRole('heading', { name: /Set up your/ }).waitFor();
  const choice = page.getByLabel(pin ? 'A PIN for this wallet' : 'This phone’s own lock');
  if (await choice.count()) {
    await choice.check();
    await page.getByRole('button', { name: 'Continue' }).click();
  }
  if (pin) {
    await page.locator('#new-pin').fill(pin);
    await page.locator('#again-pin').fill(pin);
    await page.getByRole('button', { name: 'Use this PIN' }).click();
  }
  await page.getByRole('heading', { name: 'No passport yet' }).waitFor();
}

/** Turns the camera on at the receive page; the film must show the offer. */
export async function scanOffer({ page }) {
  await page.getByRole('link', { name: 'Receive', exact: true }).click();
  await page.getByRole('button', { name: /camera/i }).first().click();
  await page.locator('#tx-code').waitFor();
}

export async function pasteOffer({ page }, uri) {
  await page.getByRole('link', { name: 'Receive', exact: true }).click();
  await page.locator('#offer-link').fill(uri);
  await page.locator('form', { has: page.locator('#offer-link') }).getByRole('button').click();
  await page.locator('#tx-code').waitFor();
}

export async function enterTxCode({ page }, digits) {
  await page.locator('#tx-code').fill(digits);
  await page.getByRole('button', { name: 'Get the passport' }).click();
}

/** The six digits that HR compares. */
export async function digits({ page }) {
  await page.getByRole('heading', { name: 'Show these digits to HR' }).waitFor();
  return (await page.locator('.wallet-digits [aria-hidden]').textContent()).replace(/\s/g, '');
}

export async function accept({ page }) {
  await page.getByRole('heading', { name: 'Is this right?' }).waitFor();
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Accept' }).click();
  await page.getByRole('heading', { name: 'Your passport' }).waitFor();
}

/** Chooses host and placement; the code is not shown yet. */
export async function choose({ page }, kind = 'TRAINING_EDUCATION_DEVELOPMENT') {
  await page.getByRole('link', { name: 'Passport', exact: true }).click();
  await page.getByRole('link', { name: 'Show to a host' }).first().click();
  await page.locator('#host').selectOption(HOST);
  await page.locator(`[name=kind][value=${kind}]`).check();
  await page.getByRole('button', { name: 'Show the code' }).waitFor();
}

export async function showCode(who, { deskCode } = {}) {
  const { page } = who;
  if (deskCode) {
    await page.getByText('I was asked for a desk code').click();
    await page.locator('#desk-code').fill(deskCode);
  }
  await page.getByRole('button', { name: 'Show the code' }).click();
  await page.locator('.wallet-code__frame svg').waitFor();
}

export async function stopShowing({ page }) {
  await page.getByRole('button', { name: 'Stop showing' }).click();
  await page.locator('dialog.wallet-code').waitFor({ state: 'detached' });
}
