import type { Knex } from 'knex';

import type { CertificateAuthority } from '../connectors/ca/ca.ts';
import { embeddedCa } from '../connectors/ca/embedded-ca.ts';
import type { Hsm } from '../connectors/hsm/hsm.ts';
import { caLedger } from '../db/stores/ca-ledger.ts';
import { caStore } from '../db/stores/cas.ts';
import { clockGuard, signingOnTime } from './clock-guard.ts';

/** Where a CA's CRL, OCSP responder and certificate are found: goes into every certificate. */
export const validationUrls = (base: string, code: string) => ({
  crl: `${base}/crl/${code}.crl`,
  ocsp: `${base}/ocsp/${code}`,
  caIssuers: `${base}/ca/${code}.crt`,
});

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
    const signer = await hsm.signer(keyLabel);
    if (!signer) throw new Error(`The HSM does not hold the key ${keyLabel} of the CA ${code}. Connect the token that it was made in.`);
    const urls = validationUrls(validationUrl, code);
    const random = (length: number) => hsm.random(length);
    const ca = embeddedCa({ code, certificate, signer, random, ledger: caLedger(knex), urls, clock: () => new Date() });
    cas.set(code, signingOnTime(ca, assertClock));
  }
  return cas;
}
