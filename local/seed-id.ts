import { createHash } from 'node:crypto';

/** Of no particular day: rows of the demonstration sort before everything made later. */
const EPOCH_MS = 1_767_225_600_000;

/** The id of a seeded row: a UUIDv7 whose random part is a hash of its name, so that every start means the same row. */
export function seedId(name: string): string {
  const bytes = createHash('sha256').update(`smartcms seed ${name}`).digest().subarray(0, 16);
  bytes.writeUIntBE(EPOCH_MS, 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
