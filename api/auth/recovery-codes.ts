import { createHash, randomInt } from 'node:crypto';

import { v7 as uuid } from 'uuid';

import type { NewRecoveryCode } from '../../db/stores/second-factors.ts';

/** Crockford's: without letters that look like digits; 16 of them are 80 bits. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const howMany = 10;

/** Codes to be shown once, such as `7K2M-Q9XA-0HTR-5VBC`, and what is kept of them. */
export function mintRecoveryCodes(): { codes: string[]; kept: NewRecoveryCode[] } {
  const codes = Array.from({ length: howMany }, () => Array.from({ length: 4 }, group).join('-'));
  return { codes, kept: codes.map((code) => ({ id: uuid(), hash: hashOfRecoveryCode(code) })) };
}

const group = (): string => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('');

/** However it was typed. */
export const hashOfRecoveryCode = (code: string): Buffer =>
  createHash('sha256')
    .update(code.toUpperCase().replaceAll(/[^0-9A-Z]/g, ''))
    .digest();
