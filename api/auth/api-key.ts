import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

import type { Context } from 'koa';

import { keyPattern } from '../../domain/api-key.ts';
import { refOf } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { loadKeyActor, type KnownKey } from '../../db/reads/api-keys.ts';
import { apiKeyStore } from '../../db/stores/api-keys.ts';
import { recordEvents } from '../../db/transaction.ts';
import { isWithin } from '../client-address.ts';
import type { Services } from '../services.ts';
import type { Authenticator } from './authenticator.ts';
import { isLongAgo } from './session.ts';

export interface MintedKey {
  /** Shown once, then known to nobody. */
  key: string;
  prefix: string;
  hash: Buffer;
}

/** A new key. With 256 random bits it needs no slow hash: who reads the table cannot call. */
export function mintKey(): MintedKey {
  const prefix = Array.from(randomBytes(8), (byte) => letters[byte % letters.length]).join('');
  const key = `scms_${prefix}_${randomBytes(32).toString('base64url')}`;
  return { key, prefix, hash: hashOf(key) };
}

/** Without letters that look alike; the prefix only names a key, so the slight preference of the first letters costs nothing. */
const letters = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz';
const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

/** The token of `Authorization: Bearer` (RFC 6750 2.1), if the call carries one. */
export const bearerOf = (ctx: Context): string | undefined => /^Bearer +(\S+) *$/i.exec(ctx.get('Authorization'))?.[1];

/**
 * Whoever shows an API key. A call with a key stands or falls by the key: a session cookie beside it is not looked at, so no other site can borrow
 * one by adding a header.
 */
export const apiKeyAuthenticator =
  ({ db, attempts }: Pick<Services, 'db' | 'attempts'>): Authenticator =>
  async (ctx) => {
    const token = bearerOf(ctx);
    if (token === undefined) return undefined;
    const prefix = keyPattern.exec(token)?.[1];
    const known = prefix === undefined ? undefined : await loadKeyActor(db, prefix);
    const proven = known && timingSafeEqual(known.hash, hashOf(token)) ? known : undefined;
    const cause = proven ? causeAgainst(proven, ctx.ip) : undefined;
    if (!proven || cause !== undefined) {
      await attempts.spend('badKeyByAddress', ctx.ip);
      if (proven) await recordRefusal(db, proven, { cause, address: ctx.ip });
      throw failure('not_signed_in', 'This API key is not accepted. It is unknown, has ended, or may not be used from this address.');
    }
    await attempts.spend('callsByKey', proven.id);
    if (isLongAgo(proven.signedIn.lastSeenAt)) await apiKeyStore(db).noteUse({ id: proven.id, address: ctx.ip });
    return proven.signedIn;
  };

const causeAgainst = ({ ended, networks }: KnownKey, address: string): string | undefined =>
  ended ?? (networks.length > 0 && !isWithin(address, networks) ? 'foreign_address' : undefined);

/** Somebody holds a key that is good for nothing here and now: its owner should hear of it. */
const recordRefusal = (db: Services['db'], { id, signedIn }: KnownKey, detail: Record<string, unknown>) =>
  recordEvents(db, refOf(signedIn.actor), { kind: 'api_key_refused', objectType: 'api_keys', objectId: id, detail });
