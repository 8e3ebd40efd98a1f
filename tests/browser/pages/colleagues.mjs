// A trust where two people issue by hand, and a file of many passports: what HR asks for waits for a
// colleague, who approves or refuses; an import is checked, mended and done, with script and without.
import { CliWallet } from './lib/cli-wallet.mjs';
import { look } from './lib/look.mjs';
import { enrol } from './lib/passkey.mjs';
import { fill } from './lib/passport-form.mjs';
import { readOffer, step } from './lib/offer.mjs';
import { csv } from './lib/sheet.mjs';

export default async function colleagues({ network, report, people, shots }) {
  const see = (who, name, more) => look(report, who, name, { folder: shots, ...more });
  const hannah = await people.somebody('Hannah');
  const helen = await people.somebody('Helen');
  const { page } = hannah;
  const base = `${network.issuer}/console`;
  await enrol(hannah, network.invitations.issuer.hr_issuer);
  await enrol(helen, network.invitations.issuer.second_hr);

  const ask = async () => {
    await page.goto(`${base}/passports/new`);
    await fill(page, network.nurse);
    await page.locator('.app-form__end button[value=review]').click();
    await page.locator('button[value=create]').click();
    await page.getByText('A colleague has to approve this').first().waitFor();
    return /passports\/([^/?]+)/.exec(page.url())[1];
  };

  let id;
  await report.step('what one person asks for waits for another', async () => {
    id = await ask();
    await see(hannah, 'asked');
    await page.goto(`${base}/passports/${id}/approve`);
    await see(hannah, 'approve-own');
    report.same('nobody approves her own', await page.locator('button[value=approve]').count(), 0);
  });

  await report.step('a colleague approves, and the offer is there', async () => {
    await helen.page.goto(base);
    await see(helen, 'to-approve');
    await helen.page.goto(`${base}/passports/${id}/approve`);
    await see(helen, 'approve');
    await helen.page.locator('button[value=approve]').click();
    await helen.page.getByText('Approved and done.').waitFor();
    await helen.page.goto(`${base}/passports/${id}/offer`);
    const offer = await readOffer(helen.page);
    report.check('the offer has a code', /^\d{6}$/.test(offer.offer.tx_code), offer.offer.tx_code);
  });

  await report.step('a colleague refuses, and nothing has changed', async () => {
    const other = await ask();
    await helen.page.goto(`${base}/passports/${other}/approve`);
    await helen.page.locator('[name=note]').fill('The DBS certificate is another person\'s.');
    await helen.page.locator('button[value=refuse]').click();
    await helen.page.getByText('It was not approved, and nothing has changed.').waitFor();
    await see(helen, 'refused');
  });

  const good = structuredClone(network.nurse);
  good.identity.given_name = 'Imogen';
  const bad = structuredClone(network.nurse);
  bad.identity.given_name = 'Ivan';
  bad.identity.birth_date = '31 February 1990';
  const file = { name: 'passports.csv', mimeType: 'text/csv', buffer: Buffer.from(csv([good, bad])) };

  await report.step('a file is checked, row by row, and nothing is stored', async () => {
    await page.goto(`${base}/import`);
    await see(hannah, 'import');
    await page.locator('button[value=check]').click();
    await page.locator('.nhsuk-error-summary').waitFor();
    await see(hannah, 'import-no-file');
    await page.locator('#file').setInputFiles(file);
    await page.locator('button[value=check]').click();
    await page.getByRole('heading', { name: 'The file is checked' }).waitFor();
    await see(hannah, 'import-checked');
    const said = await page.locator('main').innerText();
    report.check('the row and the column of the fault', /identity\.birth_date/.test(said) && /\b3\b/.test(said), said);
  });

  await report.step('an import waits until a colleague sends the same file', async () => {
    await page.locator('#file').setInputFiles(file);
    await page.locator('button[value=import]').click();
    await page.locator('[data-import-said]').getByText('A colleague is to import the same file').waitFor();
    await see(hannah, 'import-waits');
    await helen.page.goto(`${base}/import`);
    await helen.page.locator('#file').setInputFiles(file);
    await helen.page.locator('button[value=import]').click();
    await helen.page.locator('[data-import-said]').getByText('Done.').waitFor();
    await see(helen, 'import-agreed');
    const said = await helen.page.locator('[data-import-said]').innerText();
    report.check('the good rows are made', /Passports made: [1-9]/.test(said), said);
  });
}
