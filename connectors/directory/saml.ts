import { randomBytes } from 'node:crypto';

import { SAML, ValidateInResponseTo, type Profile } from '@node-saml/node-saml';

import type { AuthenticationMethod } from '../../domain/authentication.ts';
import type { Identity, SamlSettings } from '../../domain/identity-source.ts';
import type { Returned } from './oidc.ts';
import { SourceTrouble } from './trouble.ts';

/** An identity provider as it is configured, and where it sends browsers back to. */
export interface SamlProvider {
  settings: SamlSettings;
  /** The address of our metadata: our name at the provider and the audience of its assertions. */
  entityId: string;
  callbackUrl: string;
}

/** What the answer must match. */
export interface SamlExpected {
  requestId: string;
}

/** Where the browser goes to sign in, with a request that the answer must name. */
export async function beginSaml(provider: SamlProvider, state: string): Promise<{ address: string; expected: SamlExpected }> {
  const requestId = `_${randomBytes(20).toString('hex')}`;
  return { address: await samlFor(provider, requestId).getAuthorizeUrlAsync(state, undefined, {}), expected: { requestId } };
}

/**
 * Whom the answer of the provider names: only an assertion counts that is signed itself, is for us, in time, and answers our request. Undefined when the
 * person did not sign in there.
 */
export async function finishSaml(provider: SamlProvider, given: { answer: string; expected: SamlExpected }): Promise<Returned | undefined> {
  try {
    const { profile } = await samlFor(provider, given.expected.requestId).validatePostResponseAsync({ SAMLResponse: given.answer });
    if (!profile || profile.issuer !== provider.settings.idpIssuer) return undefined;
    return { identity: identityOf(provider.settings, profile), methods: methodsOf(profile) };
  } catch (error) {
    throw error instanceof SourceTrouble
      ? error
      : new SourceTrouble(`${provider.settings.idpIssuer}: ${(error as Error).message}`, { cause: error });
  }
}

/** What an administrator of the provider imports (SAML 2.0 metadata). */
export const samlMetadata = (provider: SamlProvider): string => samlFor(provider, '_').generateServiceProviderMetadata(null);

const minuteMs = 60_000;

/** `requestId` is of the one request that is made or answered. */
const samlFor = ({ settings: { entryPoint, idpIssuer, idpCertificate }, entityId, callbackUrl }: SamlProvider, requestId: string): SAML =>
  new SAML({
    ...{ entryPoint, idpIssuer, idpCert: idpCertificate, issuer: entityId, audience: entityId, callbackUrl },
    ...{ wantAssertionsSigned: true, wantAuthnResponseSigned: false, identifierFormat: null, disableRequestedAuthnContext: true },
    ...{ acceptedClockSkewMs: minuteMs, maxAssertionAgeMs: 10 * minuteMs, validateInResponseTo: ValidateInResponseTo.always },
    generateUniqueId: () => requestId,
    cacheProvider: {
      saveAsync: (key, value) => Promise.resolve({ value, createdAt: Date.now() }),
      getAsync: (key) => Promise.resolve(key === requestId ? new Date().toISOString() : null),
      removeAsync: () => Promise.resolve(null),
    },
  });

function identityOf(settings: SamlSettings, profile: Profile): Identity {
  if (/:transient$/.test(profile.nameIDFormat ?? ''))
    throw new SourceTrouble(`${settings.idpIssuer}: its NameID is another each time (transient). Let it send a persistent one.`);
  const attributes = (profile['attributes'] ?? {}) as Record<string, unknown>;
  const values = (name: string): string[] => [attributes[name] ?? []].flat().filter((value) => typeof value === 'string');
  return {
    subject: profile.nameID,
    email: values(settings.emailAttribute)[0] ?? '',
    emailVerified: true,
    givenName: values(settings.givenNameAttribute)[0] ?? '',
    familyName: values(settings.familyNameAttribute)[0] ?? '',
    groups: values(settings.groupsAttribute),
  };
}

/** A smart card counts where the signed assertion says so; of all else no more than a password is believed. */
function methodsOf(profile: Profile): AuthenticationMethod[] {
  const xml = profile.getAssertionXml?.() ?? '';
  return /AuthnContextClassRef[^>]*>\s*urn:oasis:names:tc:SAML:2\.0:ac:classes:SmartcardPKI\s*</.test(xml) ? ['sc'] : ['pwd'];
}
