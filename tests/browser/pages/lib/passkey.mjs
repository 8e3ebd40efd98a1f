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
