// A passkey in a virtual authenticator (DevTools protocol, WebAuthn domain).

const OPTIONS = {
  protocol: 'ctap2',
  ctap2Version: 'ctap2_1',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  hasPrf: true,
  automaticPresenceSimulation: true,
};

export async function addAuthenticator({ context, page }, more = {}) {
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const options = { ...OPTIONS, ...more };
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
  const all = async () => (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  const verified = (isUserVerified) =>
    devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  return { all, verified };
}

/** Opens an invitation and makes a passkey; ends on the person's first page. */
export async function enrol(who, link, path = new URL(link).pathname) {
  who.keys ??= await addAuthenticator(who);
  await who.page.goto(link);
  await who.page.getByRole('button', { name: 'Make a passkey' }).click();
  await who.page.waitForURL((url) => url.pathname !== path);
  return who.keys;
}

/** Signs in with the passkey made before. */
export async function signIn({ page }, base, path = '/sign-in') {
  await page.goto(base + path);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
}

export async function signOut({ page }, base) {
  await page.goto(base);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL((url) => url.pathname === '/sign-in');
}
