import { createHash, randomInt } from 'node:crypto';

import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';

import { describeAccount } from '../../db/reads/account.ts';
import { secondFactorStore, type NewRecoveryCode } from '../../db/stores/second-factors.ts';
import type { ActorRef } from '../../domain/actor.ts';

/** Crockford's: without letters that look like digits; 16 of them are 80 bits. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const howMany = 10;

/** Codes to be shown once, such as `7K2M-Q9XA-0HTR-5VBC`, and what is kept of them. */
export function mintRecoveryCodes(): { codes: string[]; kept: NewRecoveryCode[] } {
  const codes = Array.from({ length: howMany }, () => Array.from({ length: 4 }, group).join('-'));
  return { codes, kept: codes.map((code) => ({ id: uuid(), hash: hashOfRecoveryCode(code) })) };
}

const group = (): string => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('');

/** Codes for somebody who has none left; empty for who has. */
export async function firstRecoveryCodes(db: Knex, { by, accountId }: { by: ActorRef; accountId: string }): Promise<string[]> {
  if ((await describeAccount(db, accountId)).recoveryCodes > 0) return [];
  const { codes, kept } = mintRecoveryCodes();
  await secondFactorStore(db).replaceRecoveryCodes({ by, accountId, codes: kept });
  return codes;
}

/** However it was typed. */
export const hashOfRecoveryCode = (code: string): Buffer =>
  createHash('sha256')
    .update(code.toUpperCase().replaceAll(/[^0-9A-Z]/g, ''))
    .digest();
