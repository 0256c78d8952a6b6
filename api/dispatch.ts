import type { Context } from 'koa';
import { v7 as uuid } from 'uuid';
import type { z } from 'zod';

import type { Actor } from '../domain/actor.ts';
import { errorCodeOf } from '../domain/errors.ts';
import { touchSession } from './auth/session.ts';
import { readFile } from './body.ts';
import { clientOf } from './client.ts';
import type { GuardedOperation, OperationGuard } from './guard.ts';
import { once, type StoredAnswer } from './idempotency.ts';
import { statusOf } from './openapi.ts';
import { parseAddress, parseBody, parseIdempotencyKey, parseIfMatch } from './parsing.ts';
import type { Services } from './services.ts';

/** Carries one call through: guard, parsing, idempotency, handler, answer. */
export const dispatch = (target: GuardedOperation, guard: OperationGuard, services: Services) => async (ctx: Context) => {
  const { operation, name } = target;
  ctx.state.operation = name;
  ctx.set('Cache-Control', 'no-store');
  const identity = await guard.admit(ctx, target);
  const client = clientOf(ctx, services);
  if (identity?.actor.via === 'session') await touchSession(services.db, client, identity.lastSeenAt);
  const key = parseIdempotencyKey(ctx.get('Idempotency-Key'));
  const idempotencyKey = key && identity ? `${callerOf(identity.actor)}:${key}` : uuid();
  const call = {
    file: await readFile(ctx, operation.takesFile === true),
    params: parseAddress(operation.params, ctx.params),
    query: parseAddress(operation.query, { ...ctx.query }),
    body: operation.method === 'get' || operation.takesFile ? {} : parseBody(operation.body, ctx.request.body),
    ifMatch: operation.edits ? parseIfMatch(ctx.get('If-Match')) : undefined,
    idempotencyKey,
    actor: identity?.actor,
    identity,
    client,
    reauthorize: async () => (await guard.admit(ctx, target))?.actor,
  };
  const run = (newId: string) => answerOf(target, operation.handle({ ...call, newId }, services));
  try {
    const answer =
      key && identity && isStorable(target)
        ? await once(services, { accountId: identity.accountId, key: storedKey(identity.actor, key), actor: identity.actor, ctx }, run)
        : await run(uuid());
    respond(ctx, target, answer);
  } catch (error) {
    if (identity && isDenial(error)) await guard.recordDenial(ctx, identity.actor, name);
    throw error;
  }
};

/** An API key is a caller of its own: what it may see may be less than its owner's session and other keys were answered. */
const callerOf = (actor: Actor): string => (actor.via === 'api_key' ? actor.sessionId : actor.id);
const storedKey = (actor: Actor, key: string): string => (actor.via === 'api_key' ? `${actor.sessionId}:${key}` : key);

/** Documents and secrets that are shown once are never kept a second time. */
const isStorable = ({ operation: o }: GuardedOperation) =>
  o.method !== 'get' && !o.answersOnce && (o.responseType ?? 'application/json') === 'application/json';

const isDenial = (error: unknown) =>
  ['forbidden', 'own_request', 'own_rights', 'beyond_own_rights', 'duties_conflict'].includes(errorCodeOf(error) ?? '');

/** Parsing by the response schema strips what the schema does not name. */
async function answerOf({ operation }: GuardedOperation, result: Promise<unknown>): Promise<StoredAnswer> {
  const status = statusOf(operation);
  const value = await result;
  const isJson = operation.response && (operation.responseType ?? 'application/json') === 'application/json';
  return { status, response: isJson ? (operation.response as z.ZodType).parse(value) : (value ?? null) };
}

function redirect(ctx: Context, address: string): void {
  ctx.set('Location', address);
  ctx.body = '';
}

function respond(ctx: Context, { operation }: GuardedOperation, { status, response }: StoredAnswer): void {
  ctx.status = status;
  if (status === 303) return redirect(ctx, String(response));
  if (!operation.response) return;
  ctx.type = operation.responseType ?? 'application/json';
  if (operation.responseType === 'text/event-stream') ctx.set({ 'Cache-Control': 'no-cache, no-transform', 'X-Accel-Buffering': 'no' });
  const version = (response as { version?: unknown } | null)?.version;
  if (typeof version === 'number') ctx.set('ETag', `"${version}"`);
  ctx.body = response;
}
