// The whole of HR's work and the scan by paste in a browser that runs no scripts.
import { CliWallet } from './lib/cli-wallet.mjs';
import { REQUIREMENT, choosePlacement, verdict } from './lib/desk.mjs';
import { look } from './lib/look.mjs';
import { create, readOffer, step } from './lib/offer.mjs';
import { enrol } from './lib/passkey.mjs';
import { fill } from './lib/passport-form.mjs';
import { csv } from './lib/sheet.mjs';

/** Signs in with scripts (a passkey needs them), then goes on without. */
async function withoutScript(people, name, link) {
  const first = await people.somebody(`${name} signing in`);
  await enrol(first, link);
  const storageState = await first.context.storageState();
  await first.context.close();
  return people.somebody(name, { script: false, storageState });
}

export default async function noScript({ network, report, people, shots }) {
  const see = (who, name) => look(report, who, `no-script-${name}`, { folder: shots, script: false });
  const hannah = await withoutScript(people, 'Hannah', network.invitations.issuer.hr_issuer);
  const harry = await withoutScript(people, 'Harry', network.invitations.verifier.hr_verifier);
  const { page } = hannah;
  const wallet = new CliWallet(network, 'no-script');

  await report.step('faults stand beside their fields and nothing typed is lost', async () => {
    await page.goto(`${network.issuer}/console/passports/new`);
    await see(hannah, 'form');
    await page.locator('[name="identity.given_name"]').fill('Amara');
    await page.locator('.app-form__end button[value=review]').click();
    await page.locator('.nhsuk-error-summary').waitFor();
    report.same('what was typed stays', await page.locator('[name="identity.given_name"]').inputValue(), 'Amara');
    await see(hannah, 'form-faults');
  });

  await report.step('a passport is made and offered', async () => {
    await page.goto(`${network.issuer}/console/passports/new`);
    await fill(page, network.nurse);
    await create(page, { waive: true });
    await see(hannah, 'offer');
    wallet.receive(await readOffer(page));
    await page.reload();
    await step(page, 'ACCEPTED');
  });

  await report.step('a file is imported', async () => {
    const offer = page.url();
    const imported = structuredClone(network.nurse);
    imported.identity.given_name = 'Imogen';
    await page.goto(`${network.issuer}/console/import`);
    await page.locator('#file').setInputFiles({ name: 'passports.csv', mimeType: 'text/csv', buffer: Buffer.from(csv([imported])) });
    await page.locator('button[value=import]').click();
    await page.getByRole('heading', { name: 'The file is imported' }).waitFor();
    await see(hannah, 'import-done');
    await page.goto(offer);
  });

  await report.step('a code is pasted and judged', async () => {
    await choosePlacement(harry.page, network);
    await see(harry, 'scan');
    await harry.page.locator('#code').fill('');
    await harry.page.getByRole('button', { name: 'Check this code' }).click();
    await harry.page.locator('.nhsuk-error-summary').waitFor();
    await see(harry, 'scan-faults');
    await harry.page.locator('#code').fill(wallet.code(REQUIREMENT));
    await harry.page.getByRole('button', { name: 'Check this code' }).click();
    const found = await verdict(harry.page);
    report.same('the outcome', found.heading, 'May start');
    await see(harry, 'verdict');
  });

  await report.step('the passport is revoked through the confirmation page', async () => {
    await page.goto(page.url().replace(/\/offer.*/, '/revoke'));
    await see(hannah, 'revoke');
    await page.locator('[name=reason]').first().check();
    await page.getByRole('button', { name: 'Revoke it for good' }).click();
    await page.waitForURL(/\/console\/passports\/[^/]+$/);
    report.check('it says revoked', /revoked/i.test(await page.locator('main').innerText()));
  });
}
