// The pictures of docs/tour.md where two people issue by hand.
import { enrol } from './lib/passkey.mjs';
import { fill } from './lib/passport-form.mjs';
import { DESK, photographer } from './lib/photograph.mjs';

export default async function tourColleagues({ network, report, people }) {
  const picture = photographer(network, report);
  const hannah = await people.somebody('Hannah', DESK);
  const helen = await people.somebody('Helen', DESK);
  await enrol(hannah, network.invitations.issuer.hr_issuer);
  await enrol(helen, network.invitations.issuer.second_hr);
  const { page } = hannah;

  await page.goto(`${network.issuer}/console/passports/new`);
  await fill(page, network.nurse);
  await page.locator('.app-form__end button[value=review]').click();
  await page.locator('button[value=create]').click();
  await page.getByText('A colleague has to approve this').first().waitFor();
  const [, id] = /passports\/([^/?]+)/.exec(page.url());
  await helen.page.goto(`${network.issuer}/console/passports/${id}/approve`);
  await picture(helen, 'approve');
}
