import { createHash } from 'node:crypto';

import type { Context } from 'koa';
import type { Knex } from 'knex';

import { idempotencyStore } from '../db/stores/idempotency.ts';

export interface StoredAnswer {
  status: number;
  response: unknown;
}

/**
 * Runs `work` once for this account and key: the same call again gets the same answer, another call under the key is refused. A call that failed
 * is forgotten, so it may be tried again.
 */
export async function once(
  db: Knex,
  who: { accountId: string; key: string; ctx: Context },
  work: () => Promise<StoredAnswer>,
): Promise<StoredAnswer> {
  const store = idempotencyStore(db);
  const slot = { accountId: who.accountId, key: who.key };
  const begun = await store.begin({ ...slot, callHash: hashOf(who.ctx) });
  if (begun.kind === 'replay') {
    who.ctx.set('Idempotency-Replayed', 'true');
    return begun;
  }
  try {
    const answer = await work();
    await store.finish({ ...slot, ...answer });
    return answer;
  } catch (error) {
    await store.abandon(slot);
    throw error;
  }
}

const hashOf = (ctx: Context): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([ctx.method, ctx.url, ctx.get('If-Match'), ctx.request.rawBody ?? '']))
    .digest();
