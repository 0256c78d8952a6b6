import { beginOidc, finishOidc, tryOidc, type OidcExpected, type Returned } from '../../connectors/directory/oidc.ts';
import { beginSaml, finishSaml, samlMetadata, type SamlExpected } from '../../connectors/directory/saml.ts';
import type { IdentitySource } from '../../db/reads/identity-sources.ts';
import { failure } from '../../domain/errors.ts';
import type { Services } from '../services.ts';
import { openSecret } from './source-secret.ts';

/** What a browser came back with. */
interface Answer {
  /** Parameters of the address. */
  query: URLSearchParams;
  /** What a form brought before. */
  posted: string | null;
  state: string;
  expected: Record<string, string>;
}

/** A site where browsers go to sign in, whichever protocol it speaks. */
export interface Provider {
  begin(state: string): Promise<{ address: string; expected: object }>;
  finish(answer: Answer): Promise<Returned | undefined>;
  attempt(): Promise<unknown>;
  /** What an administrator of the site imports, if the protocol has that. */
  metadata?: () => string;
}

/** `not_found` for a directory, which has no page to sign in at. */
export async function providerOf(services: Services, source: IdentitySource): Promise<Provider> {
  const { configuration, id } = source;
  const address = `${services.settings.publicUrl}/api/session/sources/${id}`;
  const callbackUrl = `${address}/callback`;
  if (configuration.kind === 'oidc') {
    const oidc = { settings: configuration.settings, clientSecret: await openSecret(services, source), redirectUri: callbackUrl };
    return {
      begin: (state) => beginOidc(oidc, state),
      finish: ({ query, state, expected }) => finishOidc(oidc, { answer: query, state, expected: expected as unknown as OidcExpected }),
      attempt: () => tryOidc(oidc),
    };
  }
  if (configuration.kind === 'saml') {
    const saml = { settings: configuration.settings, entityId: `${address}/metadata`, callbackUrl };
    return {
      begin: (state) => beginSaml(saml, state),
      finish: async ({ posted, expected }) =>
        posted === null ? undefined : finishSaml(saml, { answer: posted, expected: expected as unknown as SamlExpected }),
      attempt: () => beginSaml(saml, 'trial'),
      metadata: () => samlMetadata(saml),
    };
  }
  throw failure('not_found', 'This source has no page to sign in at.');
}
