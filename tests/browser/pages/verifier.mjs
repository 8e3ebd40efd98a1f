// Every page and state of the verifier: its look, its words, its refusals.
import { join } from 'node:path';
import { darkness, film, timeToSee, timeViews } from './lib/camera.mjs';
import { holder, revoke } from './lib/cli-wallet.mjs';
import { REQUIREMENT, choosePlacement, deskAddress, nextPerson, paste, pressCheck, verdict } from './lib/desk.mjs';
import { look } from './lib/look.mjs';
import { drawParts } from './lib/parts.mjs';
import { enrol } from './lib/passkey.mjs';

export default async function verifier({ network, report, people, shots }) {
  const see = (who, name, more) => look(report, who, name, { folder: shots, ...more });
  const harry = await people.somebody('Harry');
  const { page } = harry;
  await enrol(harry, network.invitations.verifier.hr_verifier);

  await report.step('the placement is asked for, and faults stand beside their fields', async () => {
    await page.goto(`${network.verifier}/desk/placement`);
    await see(harry, 'desk-placement');
    await page.locator('[name="start.day"]').fill('31');
    await page.locator('[name="start.month"]').fill('2');
    await page.getByRole('button', { name: 'Continue to the scan' }).click();
    await page.locator('.nhsuk-error-summary').waitFor();
    report.same('what was typed stays', await page.locator('[name="start.day"]').inputValue(), '31');
    report.check('the title says that there is a fault', /Error|problem/i.test(await page.title()), await page.title());
    await see(harry, 'desk-placement-faults');
  });

  await report.step('without a camera every other way works', async () => {
    await choosePlacement(page, network);
    await see(harry, 'desk-scan');
    const start = page.locator('#camera-start');
    if (await start.isVisible()) await start.click();
    await page.locator('#say').filter({ hasText: /camera/i }).waitFor();
    await see(harry, 'desk-scan-no-camera');
    await page.getByText('Ask for a desk code as well').click();
    await page.getByRole('button', { name: 'Show a desk code' }).click();
    await page.locator('#desk-code').waitFor();
    await see(harry, 'desk-scan-desk-code');
  });

  const amara = await holder(network, 'amara');
  await report.step('a desk code that the wallet signs is part of the verdict', async () => {
    const digits = (await page.locator('.desk-code__digits').textContent()).replace(/\s/g, '');
    const found = await paste(page, amara.wallet.code(REQUIREMENT, { deskCode: digits }));
    report.same('with the desk code', found.heading, 'May start');
  });

  await page.goto(deskAddress(network));
  await report.step('clear to start', async () => {
    const found = await paste(page, amara.wallet.code(REQUIREMENT));
    report.same('the outcome', found.heading, 'May start');
    report.same('the person', found.person, ['Amara Okafor']);
    report.check('the age of the status is said', /second[s]? old|minute[s]? old/.test(found.text), found.text);
    await see(harry, 'verdict-clear');
    await page.emulateMedia({ media: 'print' });
    report.check('the print has the outcome', await page.locator('#verdict-heading').isVisible());
    report.check('the print has no buttons', !(await page.locator('#scan-next').isVisible()));
    await see(harry, 'verdict-print', { resize: false });
    await page.emulateMedia({ media: 'screen' });
  });

  await report.step('a code in parts is read from the camera, with progress', async () => {
    const film_ = darkness(join(network.folder, 'parts.y4m'));
    const camera = await people.somebody('desk with a camera', { camera: film_ });
    await camera.context.addCookies((await harry.context.storageState()).cookies);
    const artist = await people.somebody('artist');
    const name = (at) => join(network.folder, `part-${at}.png`);
    const parts = await drawParts(artist.page, amara.wallet.code(REQUIREMENT), 300, name);
    report.check('more than one part', parts.length > 1, `${parts.length}`);
    film(film_, parts, { black: 0.5, each: 0.4 });
    await timeViews(camera.context, '#verdict-heading');
    await camera.page.goto(deskAddress(network));
    await camera.page.locator('#camera-start').click({ timeout: 1000 }).catch(() => {});
    await camera.page.locator('#parts').waitFor({ state: 'visible' });
    const found = await verdict(camera.page);
    report.same('the outcome', found.heading, 'May start');
    report.figure(`${parts.length} parts in view to verdict on screen, ms`, await timeToSee(camera.page));
    await camera.browser.close();
    await artist.context.close();
  });

  await report.step('a picture of the same code at another desk is refused', async () => {
    const vera = await people.somebody('second desk');
    const code = amara.wallet.code(REQUIREMENT);
    await nextPerson(page);
    await paste(page, code);
    const state = await harry.context.storageState();
    await vera.context.addCookies(state.cookies);
    await vera.page.goto(deskAddress(network));
    const found = await paste(vera.page, code);
    report.same('the outcome', found.heading, 'Not yet');
    await see(vera, 'verdict-replayed');
    await vera.context.close();
  });

  await report.step('an old DBS certificate: not yet, with who does what', async () => {
    const old = structuredClone(network.nurse);
    old.identity.given_name = 'Bronwen';
    old.criminal_record.issued_on = `${new Date().getUTCFullYear() - 5}-03-01`;
    delete old.criminal_record.update_service;
    delete old.criminal_record.status_checked_on;
    const { wallet } = await holder(network, 'bronwen', old);
    await nextPerson(page);
    const found = await paste(page, wallet.code(REQUIREMENT));
    report.same('the outcome', found.heading, 'Not yet');
    report.check('a finding says what', found.findings.length > 0);
    await see(harry, 'verdict-not-yet');
  });

  await report.step('conditions are told', async () => {
    const limited = structuredClone(network.nurse);
    limited.identity.given_name = 'Chidi';
    Object.assign(limited.professional_registration, {
      status: 'REGISTERED_WITH_CONDITIONS',
      has_conditions: true,
      conditions: 'Works under supervision at night.',
    });
    const { wallet } = await holder(network, 'chidi', limited);
    await nextPerson(page);
    const found = await paste(page, wallet.code(REQUIREMENT));
    report.same('the outcome', found.heading, 'May start, with conditions');
    await see(harry, 'verdict-conditions');
  });

  await report.step('what is no passport cannot be told', async () => {
    await nextPerson(page);
    const found = await paste(page, 'SP1:NOT A PASSPORT');
    report.same('the outcome', found.heading, 'Cannot tell');
    await see(harry, 'verdict-cannot-tell');
  });

  await report.step('a revoked passport must not start', async () => {
    await revoke(network, amara.passport.id, 'LOST_DEVICE');
    let found;
    const until = Date.now() + 20_000;
    do {
      await nextPerson(page);
      found = await paste(page, amara.wallet.code(REQUIREMENT));
    } while (found.heading === 'May start' && Date.now() < until);
    report.same('the outcome', found.heading, 'Do not start');
    await see(harry, 'verdict-stop');
  });

  await report.step('nothing of the last person stays', async () => {
    await nextPerson(page);
    const left = await page.evaluate(() => document.documentElement.innerHTML);
    report.check('no name in the page', !left.includes('Okafor'));
    report.check('no name in the title', !(await page.title()).includes('Okafor'));
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    report.same('nothing in the storage', kept, '[{},{}]');
  });

  await report.step('a session that ended in the middle keeps the placement', async () => {
    await harry.context.clearCookies();
    await page.locator('#code').fill('SP1:X');
    await pressCheck(page);
    const way = page.locator('#problem a');
    await way.waitFor();
    await see(harry, 'desk-signed-out');
    report.check('it leads to sign-in and back', (await way.getAttribute('href')).startsWith('/sign-in?next=%2Fdesk'));
  });
}
