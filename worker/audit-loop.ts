import type { Knex } from 'knex';
import type { Logger } from 'pino';

import type { Signer } from '../domain/signer.ts';
import { relayOnce } from '../db/audit/relay.ts';
import { sealHead } from '../db/audit/seal.ts';
import { isHsmTrouble } from './hsm-patience.ts';
import { auditKeyLabel } from './initial-keys.ts';

const limit = 500;

interface Trail {
  operations: Knex;
  audit: Knex;
  signer: Signer;
  log: Logger;
}

/**
 * Moves audit events to the audit database and seals the head of the chain with the HSM's key. Without the HSM the events go on and the seal
 * waits: the first one afterwards reaches over all of them.
 */
export function relayAndSeal({ operations, audit, signer, log }: Trail): () => Promise<{ more: boolean }> {
  let unsealed = false;
  const seal = async () => {
    try {
      await sealHead(audit, (data) => signer.sign(data), { label: auditKeyLabel, spki: signer.spki });
      if (unsealed) log.warn('the audit trail is sealed again');
      unsealed = false;
    } catch (error) {
      if (!isHsmTrouble(error)) throw error;
      if (!unsealed) log.error({ error: (error as Error).message }, 'the audit trail cannot be sealed while the HSM is away');
      unsealed = true;
    }
  };
  return async () => {
    const { relayed } = await relayOnce(operations, audit, { limit });
    // with every batch: a trail under steady load is never without a fresh seal
    await seal();
    return { more: relayed === limit };
  };
}
