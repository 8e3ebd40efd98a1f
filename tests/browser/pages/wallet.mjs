// The phone wallet: every page and state, its lock, what lies on the disk, and life without a network.
import { join } from 'node:path';
import { createPassport, revoke } from './lib/cli-wallet.mjs';
import { deskAddress, verdict } from './lib/desk.mjs';
import { look } from './lib/look.mjs';
import { enrol } from './lib/passkey.mjs';
import { accept, choose, enterTxCode, pasteOffer, setUp, showCode, stopShowing } from './lib/phone.mjs';

/** Everything that the wallet has stored, as text; keys as what they are. */
const stored = (page) =>
  page.evaluate(async () => {
    const all = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise((resolve) => {
        const open = indexedDB.open(name);
        open.onsuccess = () => resolve(open.result);
      });
      for (const store of database.objectStoreNames) {
        const rows = await new Promise((resolve) => {
          const get = database.transaction(store).objectStore(store).getAll();
          get.onsuccess = () => resolve(get.result);
        });
        all.push(...rows);
      }
      database.close();
    }
    const keys = [];
    const text = [];
    const walk = (value) => {
      if (value instanceof CryptoKey) keys.push({ type: value.type, extractable: value.extractable });
      else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
        text.push(new TextDecoder('latin1').decode(value));
      } else if (value && typeof value === 'object') Object.values(value).forEach(walk);
      else text.push(String(value));
    };
    all.forEach(walk);
    return { keys, text: text.join('\n'), other: JSON.stringify([{ ...localStorage }, { ...sessionStorage }]) };
  });

export default async function walletPages({ network, report, people, shots }) {
  const see = (who, name, more) => look(report, who, name, { folder: shots, ...more });
  const amara = await people.somebody('Amara', { phone: true });
  const { page } = amara;
  const made = await createPassport(network, network.nurse);

  await report.step('set up with a PIN', async () => {
    await page.goto(`${network.wallet}/`);
    await page.getByRole('heading', { name: /Set up your/ }).waitFor();
    await see(amara, 'wallet-set-up');
    const choice = page.getByLabel('A PIN for this wallet');
    if (await choice.count()) {
      await choice.check();
      await page.getByRole('button', { name: 'Continue' }).click();
    }
    await page.locator('#new-pin').fill('123456');
    await page.locator('#again-pin').fill('123456');
    await page.getByRole('button', { name: 'Use this PIN' }).click();
    await page.getByText('too easy to guess').waitFor();
    await see(amara, 'wallet-pin-fault');
    await page.locator('#new-pin').fill('490317');
    await page.locator('#again-pin').fill('490317');
    await page.getByRole('button', { name: 'Use this PIN' }).click();
    await page.getByRole('heading', { name: 'No passport yet' }).waitFor();
    await see(amara, 'wallet-empty');
  });

  await report.step('receive by link, review, accept', async () => {
    await page.getByRole('link', { name: 'Receive', exact: true }).click();
    await see(amara, 'wallet-receive');
    await page.locator('#offer-link').fill('https://example.org/');
    await page.locator('form', { has: page.locator('#offer-link') }).getByRole('button').click();
    await see(amara, 'wallet-receive-fault');
    await pasteOffer(amara, made.offer.uri);
    await see(amara, 'wallet-offer');
    people.expected = /status of 400/;
    await enterTxCode(amara, made.offer.tx_code === '111111' ? '222222' : '111111');
    await page.getByText('That code was not accepted').waitFor();
    people.expected = undefined;
    await see(amara, 'wallet-offer-wrong-code');
    await enterTxCode(amara, made.offer.tx_code);
    await page.getByRole('heading', { name: 'Is this right?' }).waitFor();
    await see(amara, 'wallet-review');
    await page.getByRole('button', { name: 'Accept' }).click();
    await see(amara, 'wallet-review-fault');
    await page.getByRole('button', { name: 'Something is wrong' }).click();
    await see(amara, 'wallet-reject');
    await page.getByRole('button', { name: 'Go back to it' }).click();
    await accept(amara);
    await see(amara, 'wallet-passport');
    const text = await page.locator('main').innerText();
    report.check('her name and the employer at a glance', text.includes('Amara Okafor') && text.includes('Christie'), text);
  });

  await report.step('an offer of nobody known is refused', async () => {
    const forged = made.offer.uri.replace(encodeURIComponent(network.issuer), encodeURIComponent(network.verifier));
    people.expected = /Failed to load resource|CORS|Trouble/;
    await page.getByRole('link', { name: 'Receive', exact: true }).click();
    await page.locator('#offer-link').fill(forged);
    await page.locator('form', { has: page.locator('#offer-link') }).getByRole('button').click();
    await page.locator('.nhsuk-error-summary').waitFor();
    await see(amara, 'wallet-offer-forged');
    people.expected = undefined;
    await page.getByRole('button', { name: 'Cancel' }).click();
  });

  await report.step('nothing lies on the disk in the clear, and no key can be taken out', async () => {
    const { keys, text, other } = await stored(page);
    report.check('there is a holder key', keys.some(({ type }) => type === 'private'));
    report.check('none is extractable', keys.every(({ extractable, type }) => type === 'public' || !extractable), JSON.stringify(keys));
    report.check('no name', !/Okafor|Amara|18A1234E/.test(text + other));
  });

  await report.step('show: host, placement, what is seen and why, the code', async () => {
    await choose(amara);
    await see(amara, 'wallet-show');
    await showCode(amara);
    await see(amara, 'wallet-code', { resize: false });
    const count = page.locator('.wallet-code__count');
    report.check('a countdown', /New code in \d+ second/.test(await count.textContent()), await count.textContent());
    const box = await page.locator('.wallet-code__frame').boundingBox();
    report.check('as wide as the phone allows', box.width >= 320, JSON.stringify(box));
    await page.setViewportSize({ width: 320, height: 568 });
    await see(amara, 'wallet-code-small', { resize: false });
    const small = await page.locator('.wallet-code__frame').boundingBox();
    report.check('the whole code is in view on a small phone', small.y >= 0 && small.y + small.height <= 568, JSON.stringify(small));
    await page.setViewportSize({ width: 390, height: 844 });
    const first = await page.locator('.wallet-code__frame path').getAttribute('d');
    await page.waitForFunction((first) => document.querySelector('.wallet-code__frame path')?.getAttribute('d') !== first, first, { timeout: 35_000 });
    report.check('the code renews itself', true);
    await stopShowing(amara);
  });

  await report.step('every page of it', async () => {
    await page.getByRole('link', { name: 'History', exact: true }).click();
    await page.getByText('Shown to Manchester').waitFor();
    await see(amara, 'wallet-history');
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await see(amara, 'wallet-settings');
    await page.getByRole('link', { name: 'Change PIN' }).click();
    await see(amara, 'wallet-change-pin');
    await page.getByRole('link', { name: 'Passport', exact: true }).click();
    await page.getByRole('link', { name: 'See everything in it' }).click();
    await see(amara, 'wallet-details');
  });

  const harry = await people.somebody('Harry');
  await enrol(harry, network.invitations.verifier.hr_verifier);
  const scanPicture = async (name) => {
    const picture = join(network.folder, `${name}.png`);
    await page.screenshot({ path: picture });
    await harry.page.goto(deskAddress(network));
    await harry.page.locator('#picture').setInputFiles(picture);
    return verdict(harry.page);
  };

  await report.step('without a network it opens, unlocks and shows', async () => {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    await amara.context.setOffline(true);
    people.expected = /Failed to load resource|ERR_INTERNET_DISCONNECTED/;
    await page.reload();
    await page.getByRole('heading', { name: /Unlock your/ }).waitFor();
    await see(amara, 'wallet-locked');
    const pin = page.locator('input[type=password]');
    await pin.fill('999999');
    await page.getByRole('button', { name: 'Unlock', exact: true }).click();
    await page.getByText(/That PIN is wrong/).waitFor();
    await see(amara, 'wallet-wrong-pin');
    const unlocked = page.getByRole('link', { name: 'Settings', exact: true });
    // After a wrong PIN it may ask to wait for some seconds.
    for (let turn = 0; turn < 10 && !(await unlocked.isVisible()); turn += 1) {
      await pin.fill('490317');
      await page.getByRole('button', { name: 'Unlock', exact: true }).click();
      await unlocked.or(page.getByText(/^Wait|Wait \d/)).first().waitFor();
      if (!(await unlocked.isVisible())) await page.waitForTimeout(1000);
    }
    report.check('it says so', await page.getByText('You are offline').isVisible());
    await see(amara, 'wallet-offline');
    await choose(amara);
    await showCode(amara);
    const found = await scanPicture('offline');
    report.same('the host reads it', [found.heading, ...found.person], ['May start', 'Amara Okafor']);
    await stopShowing(amara);
    await amara.context.setOffline(false);
    people.expected = undefined;
  });

  await report.step('a revoked passport says so', async () => {
    await revoke(network, made.id, 'LOST_DEVICE');
    await page.getByRole('link', { name: 'Passport', exact: true }).click();
    await page.getByRole('button', { name: 'Check for changes' }).click();
    await page.getByText('Not valid any more').first().waitFor();
    await see(amara, 'wallet-revoked');
  });

  await report.step('locked, its page holds nothing of the holder', async () => {
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await page.getByRole('button', { name: 'Lock now' }).click();
    await page.getByRole('heading', { name: /Unlock your/ }).waitFor();
    report.check('no name', !(await page.content()).includes('Okafor'));
  });

  await report.step('the phone’s own lock instead of a PIN', async () => {
    const bea = await people.somebody('Bea', { phone: true });
    await setUp(bea, network);
    await bea.page.reload();
    await see(bea, 'wallet-locked-passkey');
    await bea.page.getByRole('button', { name: 'Unlock with this phone’s lock' }).click();
    await bea.page.getByRole('heading', { name: 'No passport yet' }).waitFor();
    await bea.context.close();
  });

  await report.step('it can be installed', async () => {
    const manifest = await (await fetch(`${network.wallet}/manifest.webmanifest`)).json();
    report.check('name, icons, display', manifest.name && manifest.display === 'standalone' && manifest.icons.length >= 2, JSON.stringify(manifest));
  });
}
