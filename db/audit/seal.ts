import { createHash } from 'node:crypto';
import type { Knex } from 'knex';

import { isDuplicate } from '../stores/rows.ts';

/** The key that seals: its label in the HSM and its public part. */
export interface SealKey {
  label: string;
  /** SubjectPublicKeyInfo, DER. */
  spki: Buffer;
}

export interface Seal {
  n: number;
  seq: number;
  hash: Buffer;
  sealedAt: Date;
  keyLabel: string;
  keySpki: Buffer;
  signature: Buffer;
}

/** What a seal signs: its number, the event it reaches to, the time, and the seal before, so that none can be taken out. */
export const sealText = (seal: Omit<Seal, 'signature' | 'keySpki' | 'keyLabel'>, previous: Buffer): Buffer =>
  Buffer.from(
    ['smartcms-audit-seal-1', seal.n, seal.seq, seal.hash.toString('hex'), seal.sealedAt.toISOString(), sha256(previous)].join('\n'),
  );

const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');

/** Seals the trail up to its present head, unless it is sealed already. `sign` is ECDSA or RSA with SHA-256 in X.509 form. */
export async function sealHead(
  audit: Knex,
  sign: (data: Buffer) => Promise<Buffer>,
  key: SealKey,
): Promise<{ sealed: boolean; seq: number }> {
  const head = await audit('audit_events').orderBy('seq', 'desc').first<{ seq: number; hash: Buffer } | undefined>('seq', 'hash');
  const last = await audit('audit_seals').orderBy('n', 'desc').first<Seal | undefined>();
  if (!head || (last && last.seq >= head.seq)) return { sealed: false, seq: last?.seq ?? 0 };
  const seal = { n: (last?.n ?? 0) + 1, ...head, sealedAt: new Date() };
  const signature = await sign(sealText(seal, last?.signature ?? Buffer.alloc(0)));
  try {
    await audit.raw(`select audit_add_seal(?::jsonb)`, [sealRow(seal, key, signature)]);
    return { sealed: true, seq: head.seq };
  } catch (error) {
    // Another worker was quicker: numbers are unique, so the seals stay one row.
    if (isDuplicate(error)) return { sealed: false, seq: last?.seq ?? 0 };
    throw error;
  }
}

const sealRow = (seal: Omit<Seal, 'signature' | 'keySpki' | 'keyLabel'>, key: SealKey, signature: Buffer): string =>
  JSON.stringify({
    ...seal,
    hash: seal.hash.toString('hex'),
    keyLabel: key.label,
    keySpki: key.spki.toString('hex'),
    signature: signature.toString('hex'),
  });
