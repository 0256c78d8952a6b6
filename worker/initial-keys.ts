import { v7 } from 'uuid';
import type { Knex } from 'knex';

import { openDataKeys } from '../connectors/hsm/data-keys.ts';
import type { Hsm } from '../connectors/hsm/hsm.ts';
import { caStore } from '../db/stores/cas.ts';
import { dataKeyStore } from '../db/stores/data-keys.ts';
import { system } from '../domain/actor.ts';
import type { Signer } from '../domain/signer.ts';
import { selfSignedCa } from '../pki/certificate.ts';
import { newSerial } from '../pki/serial.ts';

/** Label of the key that seals the audit trail. */
export const auditKeyLabel = 'audit';
const ca = { code: 'main', name: 'smartCMS Root CA', keyLabel: 'ca-main' } as const;
const caYears = 20;
/** Certificates begin a little before they are issued, and none may begin before the CA's. */
const headStart = 3_600_000;

/**
 * Makes what an installation needs before anything else: the CA's key and certificate, the wrapping key with the data keys under it, and the
 * audit's key. What is there stays; two processes that do it at once end with the same keys.
 */
export async function initialiseKeys(hsm: Hsm, knex: Knex): Promise<void> {
  const signer = await hsm.signer(ca.keyLabel, 'P-256');
  if (!signer) throw new Error('the HSM made no key for the CA');
  if (!(await caStore(knex).get(ca.code))) {
    const certificate = await rootCertificate(signer, newSerial(await hsm.random(16)));
    await caStore(knex).register({ by: system, ...ca, kind: 'embedded', certificate });
  }
  await hsm.signer(auditKeyLabel, 'P-256');
  for (const purpose of ['codes', 'payload'] as const) await openDataKeys(hsm, dataKeyStore(knex), { purpose, newId: v7() });
}

function rootCertificate(signer: Signer, serial: string): Promise<Buffer> {
  const notBefore = new Date(Math.floor((Date.now() - headStart) / 1000) * 1000);
  const notAfter = new Date(notBefore);
  notAfter.setUTCFullYear(notBefore.getUTCFullYear() + caYears);
  return selfSignedCa({
    signer,
    serial,
    subject: [
      ['C', 'IT'],
      ['O', 'smartCMS'],
      ['CN', ca.name],
    ],
    notBefore,
    notAfter,
  });
}
