// Sign-in at an OpenID provider: roles by claims, and everything that can go wrong on the way.
import { createHash, randomBytes } from 'node:crypto';
import { look } from './lib/look.mjs';
import { create } from './lib/offer.mjs';
import { fill } from './lib/passport-form.mjs';
import { startProvider } from './lib/provider.mjs';

export default async function oidc({ network, report, people, shots }) {
  const see = (who, name, more) => look(report, who, name, { folder: shots, ...more });
  const { issuer } = network;
  const accounts = {
    hannah: { name: 'Hannah Home', roles: ['passport-hr', 'something-else'] },
    amara: { name: 'Amara Okafor', email: 'amara@hospital.example' },
    olu: { name: 'Olu Auditor', roles: ['passport-audit'] },
    nobody: { name: 'Nobody', email: 'nobody@hospital.example', roles: ['cleaner'] },
  };
  const provider = await startProvider({
    port: new URL(network.provider).port,
    accounts,
    clients: [
      {
        client_id: 'staff-passport',
        client_secret: 'for tests only',
        token_endpoint_auth_method: 'client_secret_post',
        redirect_uris: [`${issuer}/sign-in/oidc/hospital/callback`],
      },
    ],
  });
  people.foreign = new Set([provider.issuer]);
  const begin = async ({ page }, next = '') => {
    await page.goto(`${issuer}/sign-in${next}`);
    await page.getByRole('button', { name: 'Hospital account' }).or(page.getByRole('link', { name: 'Hospital account' })).click();
  };

  await report.step('an account with a role signs in, and comes back where it was', async () => {
    const hannah = await people.somebody('Hannah');
    provider.next = 'hannah';
    await hannah.page.goto(`${issuer}/sign-in`);
    await see(hannah, 'sign-in-provider');
    await begin(hannah, '?next=%2Fconsole%2Fpassports%2Fnew');
    await hannah.page.waitForURL(`${issuer}/console/passports/new`);
    report.check('her name is shown', (await hannah.page.locator('header').innerText()).includes('Hannah Home'));
    const people_ = await hannah.page.goto(`${issuer}/people`);
    report.same('other roles mean nothing', people_.status(), 403);
    await hannah.context.close();
  });

  await report.step('roles follow the provider at each sign-in', async () => {
    const olu = await people.somebody('Olu');
    provider.next = 'olu';
    await begin(olu);
    await olu.page.waitForURL((url) => url.origin === issuer && url.pathname !== '/sign-in');
    report.same('may not create', (await olu.page.goto(`${issuer}/console/passports/new`)).status(), 403);
    accounts.olu.roles = ['passport-hr'];
    await olu.context.clearCookies();
    await begin(olu);
    await olu.page.waitForURL((url) => url.origin === issuer && url.pathname !== '/sign-in');
    report.same('may create now', (await olu.page.goto(`${issuer}/console/passports/new`)).status(), 200);
    await olu.context.close();
  });

  await report.step('an account without a role gets no session', async () => {
    const nobody = await people.somebody('nobody');
    provider.next = 'nobody';
    await begin(nobody);
    await nobody.page.waitForURL((url) => url.pathname.endsWith('/callback'));
    await see(nobody, 'sign-in-no-role');
    await nobody.page.goto(`${issuer}/console`);
    report.check('not signed in', nobody.page.url().includes('/sign-in'), nobody.page.url());
    await nobody.context.close();
  });

  await report.step('whoever gives up at the provider is told so', async () => {
    const away = await people.somebody('away');
    provider.next = null;
    await begin(away);
    await away.page.waitForURL((url) => url.pathname.endsWith('/callback'));
    await see(away, 'sign-in-given-up');
    await away.context.close();
  });

  await report.step('a staff member fetches her passport by her account', async () => {
    const hannah = await people.somebody('Hannah');
    provider.next = 'hannah';
    accounts.hannah.roles = ['passport-hr'];
    await begin(hannah, '?next=%2Fconsole%2Fpassports%2Fnew');
    await hannah.page.waitForURL(`${issuer}/console/passports/new`);
    await fill(hannah.page, network.nurse);
    const id = await create(hannah.page, { waive: true });
    await hannah.page.goto(`${issuer}/console/passports/${id}`);
    await hannah.page.getByRole('link', { name: 'Name the staff account' }).click();
    await see(hannah, 'account');
    await hannah.page.getByRole('button', { name: 'Save' }).click();
    await see(hannah, 'account-error');
    await hannah.page.getByRole('textbox', { name: 'Account' }).fill('amara@hospital.example');
    await hannah.page.getByRole('button', { name: 'Save' }).click();
    await hannah.page.getByText('The staff account is saved.').waitFor();
    report.check('the passport shows it', (await hannah.page.locator('main').innerText()).includes('amara@hospital.example'));
    await see(hannah, 'passport-with-account');

    const amara = await people.somebody('Amara', { phone: true });
    // A wallet that begins by itself: it pushes its request and opens the page.
    const verifier = randomBytes(32).toString('base64url');
    const pushed = await fetch(`${issuer}/par`, {
      method: 'POST',
      body: new URLSearchParams({
        response_type: 'code',
        client_id: 'a-wallet',
        redirect_uri: `${network.wallet}/`,
        scope: 'employment-checks-1',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      }),
    });
    const { request_uri } = await pushed.json();
    await amara.page.goto(`${issuer}/authorize?${new URLSearchParams({ client_id: 'a-wallet', request_uri })}`);
    await see(amara, 'authorize');
    provider.next = 'nobody';
    await amara.page.getByRole('link', { name: 'Sign in with Hospital account' }).click();
    await amara.page.getByText('No passport waits for this account').waitFor();
    await see(amara, 'authorize-other-account');
    await amara.page.getByRole('button', { name: 'Use something else' }).click();
    await amara.context.clearCookies({ domain: new URL(provider.issuer).hostname, name: /^_session/ });
    provider.next = 'amara';
    await amara.page.getByRole('link', { name: 'Sign in with Hospital account' }).click();
    await amara.page.getByText('amara@hospital.example').waitFor();
    await see(amara, 'authorize-account');
    const [back] = await Promise.all([
      amara.page.waitForRequest((request) => request.url().startsWith(`${network.wallet}/?`)),
      amara.page.getByRole('button', { name: 'Continue' }).click(),
    ]);
    const answer = new URL(back.url()).searchParams;
    report.same('the issuer says who answers', answer.get('iss'), issuer);
    const token = await fetch(`${issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: answer.get('code'),
        redirect_uri: `${network.wallet}/`,
        client_id: 'a-wallet',
        code_verifier: verifier,
      }),
    });
    report.same('the wallet has its token', token.status, 200);
    await amara.context.close();
    await hannah.context.close();
  });

  await report.step('an answer that this browser did not ask for is refused', async () => {
    const victim = await people.somebody('victim');
    await victim.page.goto(`${issuer}/sign-in`);
    const forged = await victim.page.goto(`${issuer}/sign-in/oidc/hospital/callback?code=stolen&state=guess`);
    report.check('refused', forged.status() >= 400 && forged.status() < 500, `${forged.status()}`);
    await victim.page.goto(`${issuer}/console`);
    report.check('not signed in', victim.page.url().includes('/sign-in'), victim.page.url());
    const unknown = await victim.page.goto(`${issuer}/sign-in/oidc/elsewhere`);
    report.same('a provider that is not there', unknown.status(), 404);
    await victim.context.close();
  });

  await report.step('a provider that is down is told so', async () => {
    provider.close();
    const late = await people.somebody('late');
    people.expected = /Failed to load resource/;
    await begin(late);
    await late.page.locator('h1').waitFor();
    await see(late, 'sign-in-provider-down');
    people.expected = undefined;
    await late.context.close();
  });
}
