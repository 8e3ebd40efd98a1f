// Attacks through the browser: markup and bidirectional text in names, forged requests, framing,
// other people's pages, stolen and planted sessions. All must be inert.
import { createServer } from 'node:http';
import { createPassport, holder } from './lib/cli-wallet.mjs';
import { REQUIREMENT, deskAddress, paste } from './lib/desk.mjs';
import { enterTxCode, pasteOffer, setUp } from './lib/phone.mjs';
import { addAuthenticator, enrol, signIn, signOut } from './lib/passkey.mjs';

const MARKUP = '<img src=x onerror=globalThis.pwned=1>';
const BREAKOUT = '"><script>globalThis.pwned=1</script>';

/** A site of an attacker: another port of the same host is same-site, so cookies do come along. */
async function attacker(pages) {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><title>prize</title>${pages[request.url] ?? ''}`);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address();
  return { origin: `http://localhost:${port}`, elsewhere: `http://127.0.0.1:${port}`, pages, close: () => server.close() };
}

export default async function attacks({ network, report, people }) {
  const { issuer, verifier } = network;
  const hannah = await people.somebody('Hannah');
  const harry = await people.somebody('Harry');
  const keys = await enrol(hannah, network.invitations.issuer.hr_issuer);
  await enrol(harry, network.invitations.verifier.hr_verifier);
  const evil = await attacker({});
  people.foreign = new Set([evil.origin, evil.elsewhere]);
  const { page } = hannah;
  page.on('dialog', (dialog) => {
    report.check('no dialog', false, dialog.message());
    dialog.dismiss();
  });

  const inert = async (who, where) => {
    const found = await who.page.evaluate(() => ({
      pwned: globalThis.pwned ?? null,
      planted: document.querySelectorAll('img[src=x], main script').length,
    }));
    report.same(`${where}: markup is text`, found, { pwned: null, planted: 0 });
  };

  const claims = structuredClone(network.nurse);
  Object.assign(claims.identity, { given_name: MARKUP, family_name: BREAKOUT });
  claims.assignment.job_title = `${BREAKOUT}${MARKUP}`;

  let marked;
  await report.step('markup in a name stays text on every page', async () => {
    marked = await holder(network, 'marked', claims);
    const { id } = marked.passport;
    for (const path of ['/console', '/console/passports', `/console/passports/${id}`, `/console/passports/${id}/revoke`, `/console/passports?q=${encodeURIComponent(MARKUP)}`]) {
      await page.goto(issuer + path);
      await inert(hannah, path);
    }
    await page.goto(`${issuer}/console/passports/${id}`);
    report.check('the name is shown as it is', (await page.locator('main').textContent()).includes(MARKUP));
    await harry.page.goto(deskAddress(network));
    const found = await paste(harry.page, marked.wallet.code(REQUIREMENT));
    await inert(harry, 'the verdict');
    report.check('the verdict shows it as it is', found.person.join().includes(MARKUP), found.person.join());
  });

  await report.step('markup stays text in the wallet, and in the links that it is opened with', async () => {
    const amara = await people.somebody('Amara', { phone: true });
    await setUp(amara, network, { pin: '490317' });
    const { offer } = await createPassport(network, claims);
    await pasteOffer(amara, offer.uri);
    await enterTxCode(amara, offer.tx_code);
    await amara.page.getByRole('heading', { name: 'Is this right?' }).waitFor();
    await inert(amara, 'the review');
    report.check('the wallet shows it as it is', (await amara.page.locator('main').textContent()).includes(MARKUP));
    await amara.page.getByRole('checkbox').check();
    await amara.page.getByRole('button', { name: 'Accept' }).click();
    await amara.page.getByRole('heading', { name: 'Your passport' }).waitFor();
    await inert(amara, 'the passport');
    for (const link of ['javascript:globalThis.pwned=1', MARKUP, 'openid-credential-offer://?credential_offer_uri=javascript:alert(1)']) {
      await amara.page.goto(`${network.wallet}/#offer=${encodeURIComponent(link)}`);
      await amara.page.locator('h1').waitFor();
      await inert(amara, `opened with ${link}`);
    }
    await amara.context.close();
  });

  await report.step('a name cannot turn the text around it', async () => {
    const turned = structuredClone(network.nurse);
    turned.identity.family_name = 'Okafor\u202Etrats yam';
    const response = await page.request.post(`${issuer}/api/v1/passports`, {
      headers: { authorization: `Bearer ${network.tokens.issuer}` },
      data: turned,
    });
    if (response.status() === 422) return;
    report.same('accepted', response.status(), 201);
    const { id } = await response.json();
    await page.goto(`${issuer}/console/passports/${id}`);
    const open = await page.evaluate(() => {
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const bare = [];
      while (texts.nextNode()) {
        const { parentElement, data } = texts.currentNode;
        if (/[\u202A-\u202E\u2066-\u2069]/.test(data) && !parentElement.closest('bdi')) bare.push(data.trim());
      }
      return bare;
    });
    report.same('bidirectional text is isolated', open, []);
  });

  await report.step('a form of another site does nothing', async () => {
    const { id } = await createPassport(network, network.nurse);
    const forms = [
      [`${issuer}/console/passports/${id}/revoke`, { reason: 'LOST_DEVICE' }],
      [`${issuer}/console/passports/${id}/withdraw`, {}],
      [`${issuer}/api/v1/passports/${id}/revoke`, { reason: 'LOST_DEVICE' }],
      [`${issuer}/sign-out`, {}],
    ];
    for (const origin of [evil.origin, evil.elsewhere]) {
      for (const [action, values] of forms) {
        const inputs = Object.entries({ csrf: 'guess', ...values })
          .map(([name, value]) => `<input name="${name}" value="${value}">`)
          .join('');
        evil.pages['/form'] = `<form method="post" action="${action}">${inputs}</form>`;
        await page.goto(`${origin}/form`);
        const answered = page.waitForResponse((response) => response.url() === action);
        await page.evaluate(() => document.forms[0].submit());
        const response = await answered;
        await page.waitForURL((url) => url.origin === issuer);
        await page.waitForLoadState();
        // From another site no cookie comes along: whoever asks is nobody, and is asked to sign in.
        const unknown = response.status() === 303 && (await response.headerValue('location')).startsWith('/sign-in');
        const refused = unknown || [401, 403, 415].includes(response.status());
        report.check(`${new URL(action).pathname} from ${origin} is refused`, refused, `${response.status()}`);
      }
    }
    await page.goto(`${issuer}/console/passports/${id}`);
    report.check('she is still signed in', !page.url().includes('/sign-in'));
    const { state } = await (await page.request.get(`${issuer}/api/v1/passports/${id}`)).json();
    report.same('the passport is as it was', state, 'OFFERED');
  });

  await report.step('a script of another site reads and changes nothing', async () => {
    people.expected = /CORS policy|Failed to load resource/;
    const { id } = await createPassport(network, network.nurse);
    await page.goto(`${evil.origin}/`);
    const outcomes = await page.evaluate(
      async ({ issuer, id }) => {
        const tries = [
          [`${issuer}/api/v1/passports`, {}],
          [`${issuer}/console`, {}],
          [`${issuer}/api/v1/passports/${id}/revoke`, { method: 'POST', body: '{"reason":"LOST_DEVICE"}', headers: { 'content-type': 'text/plain' } }],
          [`${issuer}/api/v1/passports/${id}/revoke`, { method: 'POST', body: '{"reason":"LOST_DEVICE"}', headers: { 'content-type': 'application/json', 'x-csrf-token': 'guess' } }],
        ];
        const read = [];
        for (const [url, options] of tries) {
          try {
            const response = await fetch(url, { credentials: 'include', ...options });
            read.push(`${url}: ${response.status}`);
          } catch {
            // not readable, as it must be
          }
        }
        return read;
      },
      { issuer, id },
    );
    report.same('nothing was readable', outcomes, []);
    people.expected = undefined;
    await page.goto(`${issuer}/console`);
    const { state } = await (await page.request.get(`${issuer}/api/v1/passports/${id}`)).json();
    report.same('the passport is as it was', state, 'OFFERED');
  });

  await report.step('no page can be framed', async () => {
    people.expected = /frame-ancestors|Framing|X-Frame-Options/;
    for (const target of [`${issuer}/console`, `${issuer}/sign-in`, `${verifier}/desk`, `${network.wallet}/`]) {
      evil.pages['/frame'] = `<iframe src="${target}"></iframe>`;
      await page.goto(`${evil.origin}/frame`);
      const frame = page.frames()[1];
      await frame.waitForLoadState().catch(() => {});
      report.check(`${target} refuses to be framed`, frame.url().startsWith('chrome-error:'), frame.url());
    }
    people.expected = undefined;
  });

  await report.step('another role reads and does nothing here', async () => {
    const olu = await people.somebody('Olu');
    await enrol(olu, network.invitations.issuer.auditor);
    const { id } = await createPassport(network, network.nurse);
    for (const path of ['/console/passports/new', `/console/passports/${id}/revoke`]) {
      const response = await olu.page.goto(issuer + path);
      report.same(`${path} for an auditor`, response.status(), 403);
      report.check('the page says so', (await olu.page.locator('h1').textContent()).length > 0);
    }
    const csrf = await olu.page.locator('meta[name=csrf-token]').getAttribute('content');
    const post = await olu.page.request.post(`${issuer}/console/passports/${id}/revoke`, {
      headers: { origin: issuer },
      form: { csrf, reason: 'LOST_DEVICE' },
    });
    report.same('a post with her own token', post.status(), 403);
    const unknown = await hannah.page.goto(`${issuer}/console/passports/00000000-0000-4000-8000-000000000000`);
    report.same('an id that is not there', unknown.status(), 404);
    await olu.context.close();
  });

  await report.step('cookies cannot be read, planted or used after sign-out', async () => {
    const [cookie] = (await hannah.context.cookies()).filter(({ name }) => name === '__Host-issuer-session');
    report.same('its flags', [cookie?.httpOnly, cookie?.secure, cookie?.sameSite, cookie?.path], [true, true, 'Lax', '/']);
    report.same('scripts cannot read it', await page.evaluate(() => document.cookie), '');
    const copy = await people.somebody('thief');
    await copy.context.addCookies([{ ...cookie, name: '__Host-verifier-session' }]);
    await copy.page.goto(`${verifier}/desk`);
    report.check('the other service does not take it', copy.page.url().includes('/sign-in'), copy.page.url());
    await signOut(hannah, issuer);
    await copy.context.addCookies([cookie]);
    await copy.page.goto(`${issuer}/console`);
    report.check('it ends with the session', copy.page.url().includes('/sign-in'), copy.page.url());
    await copy.context.close();
  });

  await report.step('a session that was there before sign-in is not the one after it', async () => {
    const session = async () =>
      (await hannah.context.cookies()).find(({ name }) => name === '__Host-issuer-session')?.value;
    await page.goto(`${issuer}/sign-in`);
    const before = await session();
    await signIn(hannah, issuer);
    report.check('the cookie is another', before !== (await session()));
  });

  await report.step('sign-in leads nowhere else', async () => {
    for (const next of ['https://evil.example/', '//evil.example/', '/\\evil.example', 'javascript:alert(1)', `${evil.origin}/`]) {
      await signOut(hannah, issuer);
      await signIn(hannah, issuer, `/sign-in?next=${encodeURIComponent(next)}`);
      report.same(`next=${next}`, new URL(page.url()).origin, issuer);
    }
  });

  await report.step('an invitation works once', async () => {
    const late = await people.somebody('late');
    await addAuthenticator(late);
    const response = await late.page.goto(network.invitations.issuer.hr_issuer);
    report.same('the used link', response.status(), 404);
    await late.context.close();
  });

  await report.step('a passkey without its person is nothing', async () => {
    await signOut(hannah, issuer);
    await keys.verified(false);
    await page.goto(`${issuer}/sign-in`);
    people.expected = /Failed to load resource/;
    await page.getByRole('button', { name: /passkey/i }).click();
    await page.locator('[role=alert]:visible, .nhsuk-error-summary:visible').first().waitFor();
    people.expected = undefined;
    report.check('she is not signed in', page.url().includes('/sign-in'), page.url());
    await keys.verified(true);
  });
  evil.close();
}
