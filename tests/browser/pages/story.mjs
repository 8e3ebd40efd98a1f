// The main job through pages alone: HR creates by the form, the phone wallet reads the offer through
// its camera, six digits are compared, the wallet shows, the scan page reads through its camera a
// film of the wallet's own screen, HR revokes, and the next scan is refused.
import { join } from 'node:path';
import { darkness, film, timeToSee, timeViews } from './lib/camera.mjs';
import { choosePlacement, verdict } from './lib/desk.mjs';
import { compare, create, readOffer, step } from './lib/offer.mjs';
import { enrol } from './lib/passkey.mjs';
import { fill } from './lib/passport-form.mjs';
import { accept, choose, digits, enterTxCode, scanOffer, setUp, showCode, stopShowing } from './lib/phone.mjs';

export default async function story({ network, report, people }) {
  const file = (name) => join(network.folder, name);
  const phoneSees = darkness(file('phone-sees.y4m'));
  const deskSees = darkness(file('desk-sees.y4m'));
  const hannah = await people.somebody('Hannah');
  const harry = await people.somebody('Harry', { camera: deskSees });
  const amara = await people.somebody('Amara', { phone: true, camera: phoneSees });
  const console_ = hannah.page;
  await timeViews(harry.context, '#verdict-heading');

  await report.step('HR and host sign in, the phone is set up', async () => {
    await enrol(hannah, network.invitations.issuer.hr_issuer);
    await enrol(harry, network.invitations.verifier.hr_verifier);
    await setUp(amara, network);
  });

  let txCode;
  await report.step('HR creates a passport by the form', async () => {
    await console_.goto(`${network.issuer}/console`);
    await console_.getByRole('link', { name: 'Create a passport' }).first().click();
    await fill(console_, network.nurse);
    await create(console_);
    txCode = (await readOffer(console_)).offer.tx_code;
  });

  await report.step('the phone reads the offer through its camera', async () => {
    await console_.locator('.app-qr').screenshot({ path: file('offer.png') });
    film(phoneSees, [file('offer.png')], { black: 0.2, each: 3 });
    await scanOffer(amara);
    await enterTxCode(amara, txCode);
  });

  await report.step('HR compares the six digits, live', async () => {
    await compare(console_, await digits(amara));
  });

  await report.step('she looks through it and accepts', async () => {
    await accept(amara);
    await step(console_, 'ACCEPTED');
  });

  const scan = async (name) => {
    await choose(amara);
    await showCode(amara);
    await amara.page.screenshot({ path: file(`${name}.png`) });
    film(deskSees, [file(`${name}.png`)], { black: 1.5, each: 3 });
    await choosePlacement(harry.page, network);
    // Where the camera may be used already, it starts by itself.
    await harry.page.locator('#camera-start').click({ timeout: 1000 }).catch(() => {});
    const found = await verdict(harry.page);
    await stopShowing(amara);
    return { ...found, milliseconds: await timeToSee(harry.page) };
  };

  await report.step('the scan page reads the wallet’s own screen', async () => {
    const times = [];
    for (const turn of [1, 2, 3]) {
      const found = await scan(`shown-${turn}`);
      report.same('the outcome', found.heading, 'May start');
      report.same('the person', found.person, ['Amara Okafor']);
      times.push(found.milliseconds);
    }
    const [, median] = times.toSorted((left, right) => left - right);
    report.figure('code in view to verdict on screen, ms', times.join(', '));
    report.check('within a second', median <= 1000, `${median} ms`);
  });

  await report.step('HR revokes, and the next scan is refused', async () => {
    // Her phone is out of reach of any network, so that the wallet itself knows nothing of it.
    await amara.context.setOffline(true);
    people.expected = /ERR_INTERNET_DISCONNECTED/;
    await console_.goto(console_.url().replace(/\/offer.*/, ''));
    await console_.getByRole('link', { name: 'Revoke' }).click();
    await console_.locator('[name=reason][value=LOST_DEVICE]').check();
    await console_.getByRole('button', { name: 'Revoke it for good' }).click();
    await console_.getByText('The passport is revoked.').waitFor();
    const began = Date.now();
    let found;
    do found = await scan('revoked');
    while (found.heading === 'May start' && Date.now() - began < 30_000);
    report.figure('revocation to refusal at the desk, s', Math.round((Date.now() - began) / 1000));
    report.same('the outcome', found.heading, 'Do not start');
  });
}
