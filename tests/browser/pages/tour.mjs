// The pictures of docs/tour.md: the story once more, a picture at each page. Run by
//   cargo test --features staff-passport-tests/whole-system --test pages -- --ignored tour
import { join } from 'node:path';
import { createPassport } from './lib/cli-wallet.mjs';
import { choosePlacement, verdict } from './lib/desk.mjs';
import { compare, create, readOffer, step } from './lib/offer.mjs';
import { addAuthenticator, enrol } from './lib/passkey.mjs';
import { fill } from './lib/passport-form.mjs';
import { DESK, photographer } from './lib/photograph.mjs';
import { csv } from './lib/sheet.mjs';
import { accept, choose, digits, enterTxCode, pasteOffer, setUp, showCode, stopShowing } from './lib/phone.mjs';

export default async function tour({ network, report, people }) {
  const picture = photographer(network, report);
  const hannah = await people.somebody('Hannah', DESK);
  const harry = await people.somebody('Harry', DESK);
  const ada = await people.somebody('Ada', DESK);
  const amara = await people.somebody('Amara', { phone: true, viewport: { width: 375, height: 720 }, deviceScaleFactor: 1 });
  const { page } = hannah;

  hannah.keys = await addAuthenticator(hannah);
  await page.goto(network.invitations.issuer.hr_issuer);
  await picture(hannah, 'invitation');
  await enrol(hannah, network.invitations.issuer.hr_issuer);
  await enrol(harry, network.invitations.verifier.hr_verifier);
  await enrol(ada, network.invitations.issuer.administrator);
  for (const [given_name, family_name] of [['Bronwen', 'Invented'], ['Chidi', 'Beispiel']]) {
    await createPassport(network, { ...network.nurse, identity: { ...network.nurse.identity, given_name, family_name } });
  }

  await page.goto(`${network.issuer}/console`);
  await picture(hannah, 'console');
  await page.goto(`${network.issuer}/console/passports/new`);
  await picture(hannah, 'form');
  await page.locator('.app-form__end button[value=review]').click();
  await page.locator('.nhsuk-error-summary').waitFor();
  await picture(hannah, 'form-faults');
  await page.goto(`${network.issuer}/console/passports/new`);
  await fill(page, network.nurse);
  await page.locator('.app-form__end button[value=review]').click();
  await page.locator('button[value=create]').waitFor();
  await picture(hannah, 'review');
  await page.getByRole('button', { name: 'Back to the form' }).click();
  const id = await create(page);
  await picture(hannah, 'offer');

  amara.keys = await addAuthenticator(amara);
  await amara.page.goto(`${network.wallet}/`);
  await amara.page.getByRole('heading', { name: /Set up your/ }).waitFor();
  await picture(amara, 'wallet-set-up');
  await setUp(amara, network);
  const { offer } = await readOffer(page);
  await pasteOffer(amara, offer.uri);
  await picture(amara, 'wallet-offer');
  await enterTxCode(amara, offer.tx_code);
  const shown = await digits(amara);
  await picture(amara, 'wallet-digits');
  await step(page, 'CONFIRM');
  await picture(hannah, 'offer-confirm');
  await compare(page, shown);
  await amara.page.getByRole('heading', { name: 'Is this right?' }).waitFor();
  await picture(amara, 'wallet-review');
  await accept(amara);
  await step(page, 'ACCEPTED');
  await picture(amara, 'wallet-passport');

  await choosePlacement(harry.page, network);
  await picture(harry, 'scan');
  await choose(amara);
  await picture(amara, 'wallet-show');
  await showCode(amara);
  await picture(amara, 'wallet-code');
  const scan = async () => {
    const code = join(network.folder, 'code.png');
    await amara.page.screenshot({ path: code });
    await choosePlacement(harry.page, network);
    await harry.page.locator('#picture').setInputFiles(code);
    return verdict(harry.page);
  };
  report.same('the outcome', (await scan()).heading, 'May start');
  await picture(harry, 'verdict-clear');
  await stopShowing(amara);

  await page.goto(`${network.issuer}/console/passports/${id}`);
  await picture(hannah, 'passport');
  await page.goto(`${network.issuer}/console/passports`);
  await picture(hannah, 'search');
  const ivan = structuredClone(network.nurse);
  ivan.identity.birth_date = '31 February 1990';
  await page.goto(`${network.issuer}/console/import`);
  await page.locator('#file').setInputFiles({ name: 'passports.csv', mimeType: 'text/csv', buffer: Buffer.from(csv([network.nurse, ivan])) });
  await page.locator('button[value=check]').click();
  await page.getByRole('heading', { name: 'The file is checked' }).waitFor();
  await picture(hannah, 'import');
  await page.goto(`${network.issuer}/console/passports/${id}/revoke`);
  await page.locator('[name=reason][value=LOST_DEVICE]').check();
  await picture(hannah, 'revoke');
  await page.getByRole('button', { name: 'Revoke it for good' }).click();
  await page.getByText('The passport is revoked.').waitFor();
  let found;
  const until = Date.now() + 30_000;
  do {
    await choose(amara);
    await showCode(amara);
    found = await scan();
    await stopShowing(amara);
  } while (found.heading === 'May start' && Date.now() < until);
  report.same('the outcome', found.heading, 'Do not start');
  await picture(harry, 'verdict-stop');
  await amara.page.getByRole('link', { name: 'History', exact: true }).click();
  await amara.page.getByText('Shown to Manchester').first().waitFor();
  await picture(amara, 'wallet-history');
  await ada.page.goto(`${network.issuer}/people`);
  await picture(ada, 'people');
}
