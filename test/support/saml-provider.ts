import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import samlp from 'samlp';

export const samlIssuer = 'https://idp.example';
export const samlEntryPoint = 'https://idp.example/sso';

/** Who signs in, as the provider tells of them. */
export interface SamlPerson {
  nameId: string;
  claims: Record<string, string | string[]>;
}

/** A real identity provider's side of SAML 2.0: it reads our request and signs its answer. */
export interface TestSamlProvider {
  certificate: string;
  /** The form that its page sends, for a browser that came to this address. `changes` are options of samlp. */
  answer(address: string, person: SamlPerson, changes?: Record<string, unknown>): Promise<SamlForm>;
}
export type SamlForm = Record<'SAMLResponse' | 'RelayState', string>;

export async function testSamlProvider(): Promise<TestSamlProvider> {
  const { cert, key } = await signingPair();
  return {
    certificate: cert,
    async answer(address, person, changes = {}) {
      const query = Object.fromEntries(new URL(address).searchParams);
      const { id, issuer, assertionConsumerServiceURL } = (await promisify(samlp.parseRequest)({ method: 'GET', query })) ?? {};
      const options = {
        ...{ issuer: samlIssuer, cert, key, signatureAlgorithm: 'rsa-sha256', digestAlgorithm: 'sha256' },
        ...{ inResponseTo: id, audience: issuer, destination: assertionConsumerServiceURL, recipient: assertionConsumerServiceURL },
        ...{ nameIdentifierFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent', ...changes },
        profileMapper: () => ({ getClaims: () => person.claims, getNameIdentifier: () => ({ nameIdentifier: person.nameId }) }),
      };
      const response = (await promisify(samlp.getSamlResponse)(options, person)) ?? '';
      return { SAMLResponse: Buffer.from(response).toString('base64'), RelayState: query['RelayState'] ?? '' };
    },
  };
}

/** RSA, as nearly every provider of SAML has. */
async function signingPair(): Promise<{ cert: string; key: string }> {
  const cwd = await mkdtemp(join(tmpdir(), 'smartcms-saml-'));
  try {
    const files = ['-keyout', 'key.pem', '-out', 'cert.pem'];
    await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=idp', '-days', '2', ...files], {
      cwd,
    });
    return { cert: await readFile(join(cwd, 'cert.pem'), 'utf8'), key: await readFile(join(cwd, 'key.pem'), 'utf8') };
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}
