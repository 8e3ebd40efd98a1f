// Sign-in: invitation, passkey, accounts and roles, two administrators, every error page.
import { look } from './lib/look.mjs';
import { addAuthenticator, enrol, signIn, signOut } from './lib/passkey.mjs';

export default async function signInPages({ network, report, people, shots }) {
  const see = (who, name, more) => look(report, who, name, { folder: shots, ...more });
  const { issuer, invitations } = network;
  const hannah = await people.somebody('Hannah');
  const ada = await people.somebody('Ada');

  await report.step('an invitation makes a passkey', async () => {
    await addAuthenticator(hannah).then((keys) => (hannah.keys = keys));
    await hannah.page.goto(invitations.issuer.hr_issuer);
    report.check('it welcomes by name', (await hannah.page.locator('h1').textContent()).includes('Hannah Home'));
    await see(hannah, 'invitation');
    await enrol(hannah, invitations.issuer.hr_issuer);
    const [credential, ...more] = await hannah.keys.all();
    report.same('one passkey', more.length, 0);
    report.check('it is found without a name', credential.isResidentCredential);
  });

  await report.step('sign-out and sign-in', async () => {
    await signOut(hannah, issuer);
    await hannah.page.goto(`${issuer}/sign-in`);
    await see(hannah, 'sign-in');
    await signIn(hannah, issuer, '/sign-in?next=%2Fconsole%2Fpassports');
    report.same('back where she wanted to go', new URL(hannah.page.url()).pathname, '/console/passports');
  });

  await report.step('whoever is not signed in goes to sign-in and comes back', async () => {
    const stranger = await people.somebody('stranger');
    await stranger.page.goto(`${issuer}/console/passports?q=okafor`);
    const { pathname, searchParams } = new URL(stranger.page.url());
    report.same('where to', [pathname, searchParams.get('next')], ['/sign-in', '/console/passports?q=okafor']);
    await stranger.context.close();
  });

  await report.step('an unknown passkey is refused in words', async () => {
    const other = await people.somebody('other');
    await enrol(other, invitations.verifier.administrator);
    await other.page.goto(`${issuer}/sign-in`);
    people.expected = /Failed to load resource/;
    await other.page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    const fault = other.page.locator('#passkey-fault');
    await fault.filter({ hasText: /./ }).waitFor();
    people.expected = undefined;
    await see(other, 'sign-in-refused');
    await other.context.close();
  });

  await report.step('an administrator invites, changes roles and stops accounts', async () => {
    await enrol(ada, invitations.issuer.administrator);
    await ada.page.goto(`${issuer}/people`);
    await see(ada, 'people');
    await ada.page.getByRole('button', { name: 'Make a link' }).click();
    await ada.page.locator('.nhsuk-error-summary').waitFor();
    await see(ada, 'people-faults');
    await ada.page.getByLabel('Name').fill('Nia New');
    await ada.page.getByLabel('HR, issuing').check();
    await ada.page.getByRole('button', { name: 'Make a link' }).click();
    const link = await ada.page.locator('#invitation-link').textContent();
    await see(ada, 'person-link');
    const nia = await people.somebody('Nia');
    await enrol(nia, link.trim());
    await ada.page.goto(`${issuer}/people`);
    await ada.page.getByRole('link', { name: 'Nia New' }).click();
    await see(ada, 'person');
    await ada.page.getByRole('button', { name: 'Disable the account' }).click();
    await ada.page.locator('.nhsuk-notification-banner').waitFor();
    await see(ada, 'person-disabled');
    await nia.page.goto(`${issuer}/console`);
    report.same('she is out at once', new URL(nia.page.url()).pathname, '/sign-in');
    await nia.context.close();
  });

  await report.step('every error page says what to do', async () => {
    const { page } = hannah;
    const request = async (path, options) => page.request.fetch(issuer + path, { failOnStatusCode: false, maxRedirects: 0, ...options });
    await page.goto(`${issuer}/console`);
    const csrf = await page.locator('meta[name=csrf-token]').getAttribute('content');
    const form = { method: 'POST', headers: { origin: issuer, 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' } };
    const errors = {
      400: () => request('/console/passports/new', { ...form, data: `csrf=${csrf}&=%FF%FE` }),
      403: () => request('/people', { headers: { accept: 'text/html' } }),
      404: () => request('/console/nothing', { headers: { accept: 'text/html' } }),
      405: () => request('/console', { ...form, data: `csrf=${csrf}` }),
      413: () => request('/sign-out', { ...form, data: `csrf=${csrf}&x=${'x'.repeat(4_000_000)}` }),
      415: () => request('/sign-out', { ...form, headers: { ...form.headers, 'content-type': 'text/xml' }, data: '<x/>' }),
    };
    for (const [status, ask] of Object.entries(errors)) {
      const response = await ask();
      if (status !== '400') report.same(`status ${status}`, response.status(), Number(status));
      const text = await response.text();
      report.check(`${status} is a page`, /<h1/.test(text) && /<main/.test(text), text.slice(0, 200));
    }
    await page.goto(`${issuer}/console/nothing`);
    await see(hannah, 'error-404');
    await page.goto(`${issuer}/people`);
    await see(hannah, 'error-403');
    report.same('a page that only takes posts', (await page.goto(`${issuer}/sign-out`)).status(), 405);
    await see(hannah, 'error-405');
    await page.goto(`${issuer}/invitation/unknown`);
    await see(hannah, 'error-invitation');
  });
}
