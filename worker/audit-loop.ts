import type { Knex } from 'knex';

import type { Signer } from '../domain/signer.ts';
import { relayOnce } from '../db/audit/relay.ts';
import { sealHead } from '../db/audit/seal.ts';
import { auditKeyLabel } from './initial-keys.ts';

const limit = 500;

/** Moves audit events to the audit database and seals the head of the chain with the HSM's key. */
export const relayAndSeal =
  ({ operations, audit, signer }: { operations: Knex; audit: Knex; signer: Signer }) =>
  async (): Promise<{ more: boolean }> => {
    const { relayed } = await relayOnce(operations, audit, { limit });
    // with every batch: a trail under steady load is never without a fresh seal
    await sealHead(audit, (data) => signer.sign(data), { label: auditKeyLabel, spki: signer.spki });
    return { more: relayed === limit };
  };
