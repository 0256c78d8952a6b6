import { randomUUID } from 'node:crypto';

import type { Context, Middleware, Next } from 'koa';
import type { Logger } from 'pino';

import { failure } from '../domain/errors.ts';
import { answerTo } from './errors.ts';

/** Gives each request an id, turns its error into a problem document, and logs one line: no query string, no body, no name. */
export const requests =
  (log: Logger): Middleware =>
  async (ctx: Context, next: Next) => {
    const started = performance.now();
    ctx.state.requestId = randomUUID();
    ctx.set('X-Request-Id', String(ctx.state.requestId));
    try {
      await next();
      if (ctx.status === 404 && ctx.body == null) throw failure('not_found', 'There is nothing at this address.');
    } catch (error) {
      refuse(ctx, error, log);
    }
    log.info({ ...aboutRequest(ctx), status: ctx.status, ms: Math.round(performance.now() - started) }, 'request');
  };

function refuse(ctx: Context, error: unknown, log: Logger): void {
  const { status, headers, body } = answerTo(error, String(ctx.state.requestId));
  if (status >= 500) log.error({ ...aboutRequest(ctx), error: withoutData(error) }, 'request failed');
  ctx.status = status;
  ctx.set({ ...headers, 'Cache-Control': 'no-store' });
  ctx.type = 'application/problem+json';
  ctx.body = JSON.stringify(body);
}

const aboutRequest = (ctx: Context) => ({
  requestId: String(ctx.state.requestId),
  method: ctx.method,
  operation: ctx.state.operation as string | undefined,
  path: ctx.path.slice(0, 200),
  actor: ctx.state.actor as string | undefined,
});

/** A database error's message and detail quote the row: only its SQLSTATE, names and place are kept. */
function withoutData(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, table, constraint, severity } = error as { code?: string; table?: string; constraint?: string; severity?: string };
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at '));
  return {
    type: error.name,
    code,
    ...(severity === undefined ? { message: error.message } : { table, constraint }),
    stack: frames,
    ...(error.cause !== undefined && { cause: withoutData(error.cause) }),
  };
}
