// Every page and state of HR's console: its look, its words, its acts.
import { createPassport, holder } from './lib/cli-wallet.mjs';
import { look } from './lib/look.mjs';
import { compare, create, readOffer, step } from './lib/offer.mjs';
import { enrol } from './lib/passkey.mjs';
import { fill } from './lib/passport-form.mjs';
import { csv } from './lib/sheet.mjs';
import { accept, digits, enterTxCode, pasteOffer, setUp } from './lib/phone.mjs';

export default async function issuer({ network, report, people, shots }) {
  const see = (who, name, more) => look(report, who, name, { folder: shots, ...more });
  const hannah = await people.somebody('Hannah');
  const { page } = hannah;
  const base = `${network.issuer}/console`;
  await enrol(hannah, network.invitations.issuer.hr_issuer);

  await report.step('a console with nothing to do yet', async () => {
    await page.goto(base);
    await see(hannah, 'console-empty');
    await page.goto(`${base}/passports`);
    await see(hannah, 'search-empty');
  });

  await report.step('faults stand beside their fields and in a summary; nothing is lost', async () => {
    await page.goto(`${base}/passports/new`);
    await see(hannah, 'form');
    await page.locator('[name="identity.given_name"]').fill('Amara');
    await page.locator('[name="identity.birth_date.day"]').fill('31');
    await page.locator('[name="identity.birth_date.month"]').fill('2');
    await page.locator('[name="identity.birth_date.year"]').fill('1990');
    await page.locator('.app-form__end button[value=review]').click();
    const summary = page.locator('.nhsuk-error-summary');
    await summary.waitFor();
    report.same('what was typed stays', await page.locator('[name="identity.birth_date.day"]').inputValue(), '31');
    const links = await summary.locator('a').evaluateAll((all) =>
      all.map((one) => Boolean(document.getElementById(decodeURIComponent(one.hash.slice(1))))),
    );
    report.check('every fault leads to its field', links.length > 5 && links.every(Boolean), links.join());
    const inOrder = await summary.locator('a').evaluateAll((all) => {
      const targets = all.map((one) => document.getElementById(decodeURIComponent(one.hash.slice(1))));
      return targets.every((one, at) => at === 0 || !(targets[at - 1].compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING));
    });
    report.check('the summary is in the order of the page', inOrder);
    await see(hannah, 'form-faults');
  });

  await report.step('releases that nobody has asked for', async () => {
    await page.goto(`${base}/movements`);
    await see(hannah, 'movements');
    await page.goto(`${base}/movements?now=true`);
    await see(hannah, 'movements-now');
  });

  await report.step('a draft is saved and found again', async () => {
    await page.goto(`${base}/passports/new`);
    await page.locator('[name="identity.given_name"]').fill('Dara');
    await page.locator('[name="identity.family_name"]').fill('Draft');
    await page.locator('.app-form__end button[value=draft]').click();
    await page.getByText('The draft is saved').waitFor();
    await see(hannah, 'draft');
    await page.goto(base);
    report.check('it is in the queue', await page.getByRole('link', { name: /Dara/ }).first().isVisible());
  });

  const amara = await people.somebody('Amara', { phone: true });
  await setUp(amara, network);
  let id;
  await report.step('create, review, offer, compare, accepted – live', async () => {
    await page.goto(`${base}/passports/new`);
    await fill(page, network.nurse);
    await page.locator('.app-form__end button[value=review]').click();
    await page.locator('button[value=create]').waitFor();
    await see(hannah, 'review');
    await page.getByRole('button', { name: 'Back to the form' }).click();
    report.same('back in the form nothing is lost', await page.locator('[name="assignment.job_title"]').inputValue(), network.nurse.assignment.job_title);
    id = await create(page);
    await step(page, 'WAITING');
    await see(hannah, 'offer-waiting');
    const { offer } = await readOffer(page);
    await pasteOffer(amara, offer.uri);
    await enterTxCode(amara, offer.tx_code);
    const shown = await digits(amara);
    await step(page, 'CONFIRM');
    await see(hannah, 'offer-confirm');
    const wrong = shown === '123456' ? '654321' : '123456';
    await page.locator('[name=digits]').fill(wrong);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.locator('.nhsuk-error-summary').waitFor();
    await see(hannah, 'offer-confirm-wrong');
    await compare(page, shown);
    await accept(amara);
    await step(page, 'ACCEPTED');
    await see(hannah, 'offer-accepted');
  });

  await report.step('the passport page', async () => {
    await page.goto(`${base}/passports/${id}`);
    await see(hannah, 'passport');
    const text = await page.locator('main').innerText();
    for (const words of ['Amara Okafor', 'In use', 'Clear to start', 'History']) {
      report.check(`it says ${words}`, text.includes(words));
    }
  });

  const act = async (name, go) => {
    await page.goto(`${base}/passports/${id}/${name}`);
    await see(hannah, `act-${name}`);
    const reason = page.locator('[name=reason]');
    if (await reason.count()) {
      await page.getByRole('button', { name: go }).click();
      await page.locator('.nhsuk-error-summary').waitFor();
      await reason.first().check();
    }
    await page.getByRole('button', { name: go }).click();
  };
  await report.step('suspend and reinstate', async () => {
    await act('suspend', 'Suspend it');
    await page.getByText('The passport is suspended.').waitFor();
    await see(hannah, 'passport-suspended');
    await act('reinstate', 'Reinstate it');
    await page.getByText('The passport is reinstated.').waitFor();
  });
  await report.step('change a check', async () => {
    await page.goto(`${base}/passports/${id}/edit`);
    await see(hannah, 'edit');
    await page.locator('[name="assignment.job_title"]').fill('Senior Acute Oncology Nurse');
    await page.locator('[name="change.kind"][value=BENIGN]').check();
    await page.locator('.app-form__end button[value=review]').click();
    await see(hannah, 'edit-review');
    await page.locator('button[value=create]').click();
    await page.getByText('The checks are changed.').waitFor();
  });
  await report.step('offer again to a new phone', async () => {
    await act('reoffer', 'Make the offer');
    await page.waitForURL(/\/offer/);
    await see(hannah, 'offer-again');
  });
  await report.step('withdraw', async () => {
    await act('withdraw', 'Take it back');
    await page.getByText('The offer is taken back.').waitFor();
    await see(hannah, 'passport-withdrawn');
  });
  await report.step('revoke, then archive', async () => {
    await act('revoke', 'Revoke it for good');
    await page.getByText('The passport is revoked.').waitFor();
    await see(hannah, 'passport-revoked');
    await act('archive', 'Archive it');
    await page.getByText('The passport is archived.').waitFor();
    await see(hannah, 'passport-archived');
  });
  await report.step('an act that the state does not allow is refused in words', async () => {
    await page.goto(`${base}/passports/${id}/suspend`);
    await see(hannah, 'act-refused');
    report.check('it says why', /not possible|Archived/i.test(await page.locator('main').innerText()));
  });

  await report.step('a rejected passport comes back with its reason', async () => {
    const claims = structuredClone(network.nurse);
    claims.identity.given_name = 'Rita';
    const made = await createPassport(network, claims);
    await amara.page.goto(`${network.wallet}/`);
    const unlock = amara.page.getByRole('button', { name: /Unlock/ });
    const receive = amara.page.getByRole('link', { name: 'Receive', exact: true });
    await unlock.or(receive).first().waitFor();
    if (await unlock.isVisible()) await unlock.click();
    await pasteOffer(amara, made.offer.uri);
    await enterTxCode(amara, made.offer.tx_code);
    await amara.page.getByRole('button', { name: 'Something is wrong' }).click();
    await amara.page.locator('[name=reason][value=INCORRECT]').check();
    await amara.page.locator('#words').fill('My registration number has another digit.');
    await amara.page.getByRole('button', { name: 'Reject the passport' }).click();
    await amara.page.getByText('The passport was rejected').waitFor();
    await page.goto(`${base}/passports/${made.id}`);
    await page.getByText('My registration number has another digit.').first().waitFor();
    await see(hannah, 'passport-rejected');
  });

  await report.step('find by name, by state, page by page', async () => {
    for (let number = 0; number < 25; number += 1) {
      const claims = structuredClone(network.nurse);
      claims.identity.family_name = `Person${String.fromCharCode(65 + number)}`;
      await createPassport(network, claims);
    }
    await holder(network, 'full', { ...network.nurse, identity: { ...network.nurse.identity, given_name: 'Zoe' } });
    await page.goto(base);
    await see(hannah, 'console');
    await page.goto(`${base}/passports`);
    await see(hannah, 'search');
    await page.locator('#q').fill('zoe');
    await page.getByRole('button', { name: 'Search' }).click();
    report.same('found', await page.locator('tbody tr').count(), 1);
    await page.goto(`${base}/passports?q=nobodyatall`);
    await see(hannah, 'search-nothing');
  });

  await report.step('a file is imported, with its progress', async () => {
    const imported = structuredClone(network.nurse);
    imported.identity.given_name = 'Imogen';
    await page.goto(`${base}/import`);
    await page.locator('#file').setInputFiles({ name: 'passports.csv', mimeType: 'text/csv', buffer: Buffer.from(csv([imported])) });
    await page.locator('button[value=import]').click();
    await page.getByText('Done.').waitFor();
    await see(hannah, 'import-done');
    await page.getByRole('link', { name: 'See the passports that wait for a phone' }).click();
    report.check('it waits for its phone', await page.getByRole('link', { name: /Imogen/ }).first().isVisible());
  });

  await report.step('an auditor reads and is offered no acts', async () => {
    const olu = await people.somebody('Olu');
    await enrol(olu, network.invitations.issuer.auditor);
    await olu.page.goto(`${base}/passports/${id}`);
    await see(olu, 'passport-auditor');
    report.same('no acts', await olu.page.locator('.app-show__acts').count(), 0);
    await olu.context.close();
  });
}
