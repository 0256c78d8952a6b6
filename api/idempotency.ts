import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { Context } from 'koa';
import { v7 as uuid } from 'uuid';

import { idempotencyStore } from '../db/stores/idempotency.ts';
import type { Actor } from '../domain/actor.ts';
import { errorCodeOf } from '../domain/errors.ts';
import type { Services } from './services.ts';

export interface StoredAnswer {
  status: number;
  response: unknown;
}

/**
 * Runs `work` once for this account and key: the same call again gets the same answer, another call under the key is refused. A call that failed
 * may be tried again, also changed. `work` gets the id for what it makes: the same whenever the same call is tried again, as the database may have
 * gone away between the change and the answer.
 */
export async function once(
  { db, presence }: Pick<Services, 'db' | 'presence'>,
  who: { accountId: string; key: string; actor: Actor; ctx: Context },
  work: (newId: string) => Promise<StoredAnswer>,
): Promise<StoredAnswer> {
  const store = idempotencyStore(db);
  const slot = { accountId: who.accountId, key: who.key, holder: await presence.name() };
  const newId = uuid();
  const begun = await store.begin({ ...slot, callHash: hashOf(who), newId }).catch((error: unknown) => {
    // No refusal: perhaps it was begun, and only the answer was lost.
    if (!errorCodeOf(error)) void abandonLater(() => store.abandon({ ...slot, newId }));
    throw error;
  });
  if (begun.kind === 'replay') {
    who.ctx.set('Idempotency-Replayed', 'true');
    return begun;
  }
  try {
    const answer = await work(begun.newId);
    await store.finish({ ...slot, ...answer });
    return answer;
  } catch (error) {
    const abandon = () => store.abandon({ ...slot, newId: begun.newId });
    await abandon().catch(() => void abandonLater(abandon));
    throw error;
  }
}

/** Shorter than the two minutes after which the call may be begun by somebody else. */
const triesMs = 45_000;

/** The database went away under the call: its key is free again as soon as the database is back, so whoever sends it again does not wait. */
async function abandonLater(abandon: () => Promise<void>): Promise<void> {
  for (const end = Date.now() + triesMs; Date.now() < end;) {
    await pause(500, undefined, { ref: false });
    const done = await abandon().then(
      () => true,
      () => false,
    );
    if (done) return;
  }
}

/** With what the caller may do: who has lost a task since, or got one, is not answered from a time before. */
const hashOf = ({ ctx, actor }: { ctx: Context; actor: Actor }): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([ctx.method, ctx.url, ctx.get('If-Match'), ctx.request.rawBody ?? '', tasksOf(actor)]))
    .digest();

const tasksOf = (actor: Actor) =>
  actor.kind === 'holder' ? [] : actor.assignments.map(({ unitPath, visibility, permissions }) => [unitPath, visibility, permissions]);
