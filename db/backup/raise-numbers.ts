import type { Knex } from 'knex';

import { system } from '../../domain/actor.ts';
import { recordEvent, transaction } from '../transaction.ts';

/** More than are given between two backups. */
const leap = { requests: 10_000, crls: 1_000_000 };

/**
 * Numbers that were given after the backup are on paper and in published CRLs: none is given again. The count of changes is moved too, so
 * that each CA publishes a CRL under its new number within minutes. What was done is in the audit trail.
 */
export const raiseNumbers = (knex: Knex, takenAt: string): Promise<void> =>
  transaction(knex, system, async (trx) => {
    await trx.raw(`select setval('request_number', last_value + ?) from request_number`, [leap.requests]);
    await trx.raw(
      `update cas set changes = changes + 1, crl_floor = ? + greatest(crl_floor, (select coalesce(max(number), 0) from crls where ca = cas.code))`,
      [leap.crls],
    );
    await recordEvent(trx, { kind: 'restored', objectType: 'databases', objectId: 'operations', detail: { takenAt } });
  });
