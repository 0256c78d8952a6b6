import {
  allowInsecureRequests,
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretPost,
  discovery,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  type Configuration,
} from 'openid-client';

import { authenticationMethods, type AuthenticationMethod } from '../../domain/authentication.ts';
import type { Identity, OidcSettings } from '../../domain/identity-source.ts';
import { SourceTrouble } from './trouble.ts';

/** A provider as it is configured, and where it sends browsers back to. */
export interface OidcProvider {
  settings: OidcSettings;
  clientSecret: string | undefined;
  redirectUri: string;
}

/** What the answer must match. */
export interface OidcExpected {
  nonce: string;
  verifier: string;
}

/** Who came back, and how they proved to the provider who they are. */
export interface Returned {
  identity: Identity;
  methods: readonly AuthenticationMethod[];
}

const timeoutSeconds = 5;

/** Where the browser goes to sign in: the authorization code flow with PKCE (RFC 7636), state and nonce. */
export async function beginOidc(provider: OidcProvider, state: string): Promise<{ address: string; expected: OidcExpected }> {
  const [nonce, verifier] = [randomNonce(), randomPKCECodeVerifier()];
  const configuration = await discover(provider);
  const address = buildAuthorizationUrl(configuration, {
    ...{ redirect_uri: provider.redirectUri, response_type: 'code', scope: `openid ${provider.settings.scopes}` },
    ...{ state, nonce, code_challenge: await calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
  });
  return { address: address.href, expected: { nonce, verifier } };
}

/**
 * Whom the answer of the provider names, after its signature, issuer, audience, nonce and code were checked. Undefined when the person did not sign in
 * there. `answer` are the parameters that the browser brought.
 */
export async function finishOidc(
  provider: OidcProvider,
  { answer, state, expected: { nonce, verifier } }: { answer: URLSearchParams; state: string; expected: OidcExpected },
): Promise<Returned | undefined> {
  const configuration = await discover(provider);
  try {
    const url = new URL(`${provider.redirectUri}?${answer.toString()}`);
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    const tokens = await authorizationCodeGrant(configuration, url, checks);
    const claims = tokens.claims();
    if (!claims) return undefined;
    const hasMore = configuration.serverMetadata().userinfo_endpoint !== undefined;
    const more = hasMore ? await fetchUserInfo(configuration, tokens.access_token, claims.sub) : {};
    return { identity: identityOf(provider.settings, { ...more, ...claims }), methods: methodsOf(claims['amr']) };
  } catch (error) {
    if (error instanceof AuthorizationResponseError) return undefined;
    throw trouble(provider.settings, error);
  }
}

/** Throws what is wrong with address or TLS of the provider. Whether it knows us shows when somebody signs in. */
export const tryOidc = async (provider: OidcProvider): Promise<void> => void (await discover(provider));

async function discover({ settings, clientSecret }: OidcProvider): Promise<Configuration> {
  const { issuer, clientId } = settings;
  try {
    const authentication = clientSecret === undefined ? None() : ClientSecretPost(clientSecret);
    const options = { timeout: timeoutSeconds, ...(issuer.startsWith('http:') && { execute: [allowInsecureRequests] }) };
    return await discovery(new URL(issuer), clientId, undefined, authentication, options);
  } catch (error) {
    throw trouble(settings, error);
  }
}

/** Codes and our own sentences; never what the provider wrote of a person. */
function trouble({ issuer }: OidcSettings, error: unknown): SourceTrouble {
  const { code, message, cause } = error as {
    code?: string;
    message?: string;
    cause?: { code?: string; message?: string; error?: string };
  };
  const said = [message, code, cause?.error ?? cause?.code ?? cause?.message].filter((part) => typeof part === 'string');
  return new SourceTrouble(`${issuer}: ${[...new Set(said)].join(', ')}`, { cause: error });
}

function identityOf({ groupsClaim }: OidcSettings, claims: Record<string, unknown>): Identity {
  const text = (name: string): string => (typeof claims[name] === 'string' ? claims[name] : '');
  const groups = [claims[groupsClaim] ?? []].flat().filter((group) => typeof group === 'string');
  return {
    subject: text('sub'),
    email: text('email'),
    emailVerified: claims['email_verified'] === true,
    givenName: text('given_name'),
    familyName: text('family_name') || text('name'),
    groups,
  };
}

/** What the provider says (RFC 8176); where it says nothing that we know, no more than a password is believed. */
function methodsOf(amr: unknown): AuthenticationMethod[] {
  const known = authenticationMethods.filter((method) => Array.isArray(amr) && amr.includes(method));
  return known.length > 0 ? known : ['pwd'];
}
