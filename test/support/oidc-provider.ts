import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import Provider from 'oidc-provider';

/** Who signs in at the provider, and how; undefined: they do not want to. */
export interface ProviderPerson {
  claims: { sub: string } & Record<string, unknown>;
  amr?: string[];
}

/** A real provider of OpenID Connect on a free port of this machine, whose page to sign in knows who sits there. */
export interface TestProvider {
  issuer: string;
  client: { id: string; secret: string };
  /** Lets the client come back to this address. */
  accept(redirectUri: string): void;
  /** Who sits at the browser. */
  person: ProviderPerson | undefined;
  close(): Promise<void>;
}

export async function testProvider(): Promise<TestProvider> {
  let answer: (request: IncomingMessage, response: ServerResponse) => unknown = (_, response) => response.end();
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const client = { id: 'smartcms', secret: 'the client’s own secret'.replaceAll(/\W/g, '-') };
  const test: TestProvider = {
    ...{ issuer, client, person: undefined },
    accept: (redirectUri) => (answer = provider(test, redirectUri)),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return test;
}

function provider(test: TestProvider, redirectUri: string): (request: IncomingMessage, response: ServerResponse) => unknown {
  const { issuer, client } = test;
  const oidc = new Provider(issuer, {
    clients: [
      {
        ...{ client_id: client.id, client_secret: client.secret, redirect_uris: [redirectUri], response_types: ['code'] },
        ...{ grant_types: ['authorization_code'], token_endpoint_auth_method: 'client_secret_post' },
      },
    ],
    claims: { openid: ['sub', 'amr'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name', 'groups'] },
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ['for tests'] },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, accountId) => ({ accountId, claims: () => test.person?.claims ?? { sub: accountId } }),
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        accountId: ctx.oidc.session?.accountId ?? '',
        clientId: ctx.oidc.client?.clientId ?? '',
      });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
  });
  const answer = oidc.callback();
  return (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return answer(request, response);
    const { person } = test;
    const result = person ? { login: { accountId: person.claims.sub, amr: person.amr ?? [] } } : { error: 'access_denied' };
    return oidc.interactionFinished(request, response, result);
  };
}
