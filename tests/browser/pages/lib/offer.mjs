// HR's offer page.

/** The offer's link and transaction code, as an API answer has them. */
export async function readOffer(page) {
  const uri = await page.locator('a[href^="openid-credential-offer:"]').getAttribute('href');
  const code = (await page.locator('.app-code [aria-hidden]').textContent()).replace(/\s/g, '');
  return { offer: { uri, tx_code: code } };
}

/** Waits until the page says this step by itself. */
export const step = (page, name) => page.locator(`#offer-live[data-step="${name}"]`).waitFor();

/** Types the six digits of the phone. */
export async function compare(page, digits) {
  await step(page, 'CONFIRM');
  await page.locator('[name=digits]').fill(digits);
  await page.getByRole('button', { name: 'Confirm' }).click();
}

/** From the filled form to the offer. */
export async function create(page, { waive = false } = {}) {
  await page.locator('.app-form__end button[value=review]').click();
  await page.locator('button[value=create]').waitFor();
  if (waive) await page.locator('[name=waive]').check();
  await page.locator('button[value=create]').click();
  await page.waitForURL(/\/console\/passports\/[^/]+\/offer/);
  return /passports\/([^/]+)\/offer/.exec(page.url())[1];
}
