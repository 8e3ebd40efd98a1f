// A small OpenID provider on loopback, where whoever is named is signed in at once.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

/**
 * `accounts`: { NAME: CLAIMS }. `next` of the answer says who signs in next, or `null` for somebody
 * who gives up.
 */
export async function startProvider({ port, clients, accounts, scopes = ['openid', 'profile', 'email'], claims }) {
  const issuer = `http://localhost:${port}`;
  const here = { issuer, next: null };
  const provider = new Provider(issuer, {
    clients,
    cookies: { keys: ['for tests only'] },
    claims: { openid: ['sub', ...(claims ?? ['name', 'email', 'roles'])] },
    conformIdTokenClaims: false,
    scopes,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, id) =>
      accounts[id] && { accountId: id, claims: async () => ({ sub: id, ...accounts[id] }) },
    async loadExistingGrant({ oidc }) {
      const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope(scopes.join(' '));
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  const server = createServer(async (request, response) => {
    try {
      if (!request.url.startsWith('/interaction/')) return answer(request, response);
      const result = here.next
        ? { login: { accountId: here.next } }
        : { error: 'access_denied', error_description: 'the person gave up' };
      await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    } catch (error) {
      response.statusCode = 500;
      response.end(String(error));
    }
  });
  await new Promise((ready) => server.listen(port, '127.0.0.1', ready));
  here.close = () => server.close();
  return here;
}
