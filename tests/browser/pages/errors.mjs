// Every error page that a browser can be led to: its status, its words, its look.
import { createPassport } from './lib/cli-wallet.mjs';
import { choosePlacement } from './lib/desk.mjs';
import { look } from './lib/look.mjs';
import { enrol } from './lib/passkey.mjs';

/** More than an address may try in a minute. */
const TOO_MANY = 700;

export default async function errors({ network, report, people, shots }) {
  const hannah = await people.somebody('Hannah');
  const harry = await people.somebody('Harry');
  await enrol(hannah, network.invitations.issuer.hr_issuer);
  await enrol(harry, network.invitations.verifier.hr_verifier);
  const { id } = await createPassport(network, network.nurse);

  /** What `go` led to: its status, and a page that says what is wrong and what to do. */
  const see = async (who, name, status, go) => {
    const answered = who.page.waitForResponse((answer) => answer.request().isNavigationRequest());
    const [answer] = await Promise.all([answered, go()]);
    await who.page.waitForLoadState();
    report.same(`${name}: the status`, answer.status(), status);
    const said = await who.page.locator('main').innerText();
    report.check(`${name}: what is wrong and what to do`, said.trim().split('\n').filter(Boolean).length >= 3, said);
    report.check(`${name}: nothing of the machinery`, !/_|null|undefined|error-|problem-/.test(said.replace(/Request.*/s, '')), said);
    await look(report, who, `error-${name}`, { folder: shots });
  };
  /** Sends the form with one thing changed, past the page's own script. */
  const submit = ({ page }, act, value) =>
    page.evaluate(
      ([act, value]) => {
        const form = document.querySelector('main form[method=post]');
        const field = (name, text) => {
          form.querySelectorAll(`[name="${name}"]`).forEach((one) => one.remove());
          const input = document.createElement('input');
          Object.assign(input, { type: 'hidden', name, value: text });
          form.append(input);
        };
        if (act === 'enctype') form.enctype = value;
        else field(act, act === 'large' ? 'x'.repeat(Number(value)) : value);
        HTMLFormElement.prototype.submit.call(form);
      },
      [act, value],
    );
  const revoke = () => hannah.page.goto(`${network.issuer}/console/passports/${id}/revoke`);

  await report.step('a form that is not the page\'s', async () => {
    await revoke();
    await see(hannah, '422', 422, () => submit(hannah, 'reason', 'NO_SUCH_REASON'));
    await choosePlacement(harry.page, network);
    await see(harry, '400', 400, () => submit(harry, 'scan_id', 'none'));
  });

  await report.step('a form without its secret, a role that is missing', async () => {
    await revoke();
    await see(hannah, '403-form', 403, () => submit(hannah, 'csrf', 'guess'));
    await see(hannah, '403-role', 403, () => hannah.page.goto(`${network.issuer}/people`));
  });

  await report.step('what is not there, and a method that is not taken', async () => {
    await see(hannah, '404', 404, () => hannah.page.goto(`${network.issuer}/console/nowhere`));
    await see(hannah, '404-passport', 404, () =>
      hannah.page.goto(`${network.issuer}/console/passports/00000000-0000-4000-8000-000000000000`));
    await see(harry, '405', 405, () => harry.page.goto(`${network.verifier}/sign-out`));
  });

  await report.step('too much at once, and another kind of content', async () => {
    await revoke();
    await see(hannah, '413', 413, () => submit(hannah, 'large', String(600 * 1024)));
    await revoke();
    await see(hannah, '415', 415, () => submit(hannah, 'enctype', 'text/plain'));
  });

  await report.step('a state that does not allow it any more', async () => {
    const first = await people.somebody('first');
    await first.context.addCookies((await hannah.context.storageState()).cookies);
    await revoke();
    await first.page.goto(hannah.page.url());
    await first.page.locator('[name=reason]').first().check();
    await first.page.locator('main form[method=post] button').first().click();
    await first.page.getByText('The passport is revoked.').waitFor();
    await hannah.page.locator('[name=reason]').first().check();
    await see(hannah, '409', 409, () => hannah.page.locator('main form[method=post] button').first().click());
    await first.context.close();
  });

  await report.step('too many attempts', async () => {
    const guesser = await people.somebody('guesser');
    const link = `${network.issuer}/invitation/${'A'.repeat(43)}`;
    let status = 0;
    for (let tried = 0; tried < TOO_MANY && status !== 429; tried += 20) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => guesser.page.request.get(link)));
      status = answers.at(-1).status();
    }
    await see(guesser, '429', 429, () => guesser.page.goto(link));
    await guesser.context.close();
  });
}
