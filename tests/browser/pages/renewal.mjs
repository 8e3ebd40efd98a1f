// New copies on the phone without HR: a benign change, suspension, the move to another phone.
import { join } from 'node:path';
import { act, change, createPassport } from './lib/cli-wallet.mjs';
import { deskAddress, verdict } from './lib/desk.mjs';
import { look } from './lib/look.mjs';
import { enrol } from './lib/passkey.mjs';
import { accept, choose, enterTxCode, pasteOffer, setUp, showCode, stopShowing } from './lib/phone.mjs';

const check = ({ page }) => page.getByRole('button', { name: 'Check for changes' }).click();
const said = ({ page }, words) => page.locator('#notices').getByText(words).waitFor();
const home = ({ page }) => page.getByRole('link', { name: 'Passport', exact: true }).click();

export default async function renewal({ network, report, people, shots }) {
  const see = (who, name, more) => look(report, who, name, { folder: shots, ...more });
  const amara = await people.somebody('Amara', { phone: true });
  const { page } = amara;
  const made = await createPassport(network, network.nurse);
  const requests = [];
  page.on('request', (request) => requests.push(request));

  await report.step('receive with a proof beside every token', async () => {
    await setUp(amara, network);
    await pasteOffer(amara, made.offer.uri);
    await enterTxCode(amara, made.offer.tx_code);
    await accept(amara);
    for (const path of ['/token', '/credential', '/notification']) {
      const sent = requests.filter((request) => request.method() === 'POST' && new URL(request.url()).pathname === path);
      const headers = await Promise.all(sent.map((request) => request.allHeaders()));
      report.check(`${path} carries a proof`, headers.length > 0 && headers.every(({ dpop }) => dpop), JSON.stringify(headers));
      report.check(`${path} has no bearer token`, headers.every(({ authorization = 'DPoP' }) => authorization.startsWith('DPoP')));
    }
  });

  await report.step('a check without a change says so', async () => {
    await home(amara);
    await check(amara);
    await said(amara, 'Nothing in it has changed');
    await see(amara, 'wallet-renewed-unchanged');
  });

  await report.step('a benign change by HR comes at a touch, without a new offer', async () => {
    await change(network, made.id, {
      assignment: { ...network.nurse.assignment, job_title: 'Matron of the night' },
      identity: { ...network.nurse.identity, family_name: 'Okafor-Bello' },
    });
    await check(amara);
    await said(amara, 'Your employer has updated your passport');
    await see(amara, 'wallet-renewed');
    const text = await page.locator('main').innerText();
    report.check('the new name and job are there', text.includes('Amara Okafor-Bello') && text.includes('Matron of the night'), text);
    report.same('one passport', await page.locator('.wallet-card').count(), 1);
    await page.getByRole('link', { name: 'See everything in it' }).click();
    await page.getByText('Updated', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'History', exact: true }).click();
    await page.getByText('Updated by The Christie').waitFor();
    await see(amara, 'wallet-renewed-history');
  });

  await report.step('the host scans the new copy', async () => {
    const harry = await people.somebody('Harry');
    await enrol(harry, network.invitations.verifier.hr_verifier);
    await choose(amara);
    await showCode(amara);
    const picture = join(network.folder, 'renewed.png');
    await page.screenshot({ path: picture });
    await harry.page.goto(deskAddress(network));
    await harry.page.locator('#picture').setInputFiles(picture);
    const found = await verdict(harry.page);
    report.same('cleared', [found.heading, ...found.person], ['May start', 'Amara Okafor-Bello']);
    await stopShowing(amara);
  });

  await report.step('while it is suspended there is no new copy, afterwards there is', async () => {
    await act(network, made.id, 'suspend', 'INVESTIGATION');
    await home(amara);
    people.expected = /status of 400/;
    await check(amara);
    await said(amara, 'Your employer has suspended this passport');
    await see(amara, 'wallet-renewal-suspended');
    people.expected = undefined;
    await act(network, made.id, 'reinstate', 'CLEARED');
    await check(amara);
    await said(amara, 'Nothing in it has changed');
  });

  await report.step('the old phone is told that the passport has moved', async () => {
    const { offer } = await act(network, made.id, 'offer', 'NEW_DEVICE');
    const other = await people.somebody('Amara again');
    await setUp(other, network);
    await pasteOffer(other, offer.uri);
    await enterTxCode(other, offer.tx_code);
    await accept(other);
    people.expected = /status of 400/;
    await check(amara);
    await said(amara, 'This passport has moved to another phone');
    await page.getByText('Replaced by a newer copy').first().waitFor();
    await see(amara, 'wallet-renewal-moved');
    people.expected = undefined;
    await check(other);
    await said(other, 'Nothing in it has changed');
    await see(other, 'wallet-renewed-desktop');
  });
}
