// Sign-in at an OpenID provider: roles by claims, and everything that can go wrong on the way.
import { look } from './lib/look.mjs';
import { startProvider } from './lib/provider.mjs';

export default async function oidc({ network, report, people, shots }) {
  const see = (who, name, more) => look(report, who, name, { folder: shots, ...more });
  const { issuer } = network;
  const accounts = {
    hannah: { name: 'Hannah Home', roles: ['passport-hr', 'something-else'] },
    olu: { name: 'Olu Auditor', roles: ['passport-audit'] },
    nobody: { name: 'Nobody', roles: ['cleaner'] },
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
