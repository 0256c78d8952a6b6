import type { Knex } from 'knex';

import type { CertificateAuthority } from '../connectors/ca/ca.ts';
import { embeddedCa } from '../connectors/ca/embedded-ca.ts';
import { guardedCa } from '../connectors/ca/guarded-ca.ts';
import type { Hsm } from '../connectors/hsm/hsm.ts';
import { knownSigner } from '../connectors/hsm/known-signer.ts';
import { caLedger } from '../db/stores/ca-ledger.ts';
import { caStore } from '../db/stores/cas.ts';
import type { Signer } from '../domain/signer.ts';
import { parseCertificate } from '../pki/parse-certificate.ts';
import { publicKeyOf } from '../pki/public-key.ts';
import { clockGuard, signingOnTime } from './clock-guard.ts';

/** Where a CA's CRL, OCSP responder and certificate are found: goes into every certificate. */
export const validationUrls = (base: string, code: string) => ({
  crl: `${base}/crl/${code}.crl`,
  ocsp: `${base}/ocsp/${code}`,
  caIssuers: `${base}/ca/${code}.crt`,
});

/** The CA's key, which is the one of its certificate. */
export function caSigner(hsm: Pick<Hsm, 'signer'>, { keyLabel, certificate }: { keyLabel: string; certificate: Buffer }): Signer {
  return knownSigner(hsm, keyLabel, publicKeyOf(parseCertificate(certificate).spki));
}

/** The CAs whose keys are in our HSM, by code. */
export async function embeddedCas({
  knex,
  hsm,
  validationUrl,
}: {
  knex: Knex;
  hsm: Hsm;
  validationUrl: string;
}): Promise<Map<string, CertificateAuthority>> {
  const assertClock = clockGuard(knex);
  const cas = new Map<string, CertificateAuthority>();
  for (const { code, keyLabel, certificate } of await caStore(knex).list()) {
    const signer = caSigner(hsm, { keyLabel, certificate });
    const urls = validationUrls(validationUrl, code);
    const random = (length: number) => hsm.random(length);
    const ca = embeddedCa({ code, certificate, signer, random, ledger: caLedger(knex), urls, clock: () => new Date() });
    cas.set(code, signingOnTime(guardedCa(ca), assertClock));
  }
  return cas;
}
