import { randomUUID } from 'node:crypto';

import type { Context, Middleware, Next } from 'koa';
import type { Logger } from 'pino';

import { withoutData } from '../connectors/log/without-data.ts';
import { failure } from '../domain/errors.ts';
import { answerTo } from './errors.ts';
import { inRequest } from './request-context.ts';

/** Gives each request an id (the caller's, if it is a UUID), turns its error into a problem document, and logs one line: no query string, no body, no name. */
export const requests =
  (log: Logger): Middleware =>
  async (ctx: Context, next: Next) => {
    const started = performance.now();
    const requestId = givenId(ctx) ?? randomUUID();
    ctx.state.requestId = requestId;
    ctx.set('X-Request-Id', requestId);
    try {
      await inRequest(requestId, next);
      if (ctx.status === 404 && ctx.body == null) throw failure('not_found', 'There is nothing at this address.');
    } catch (error) {
      refuse(ctx, error, log);
    }
    log[levelOf(ctx)]({ ...aboutRequest(ctx), status: ctx.status, ms: Math.round(performance.now() - started) }, 'request');
  };

/** Files of the console and questions of load balancers, which come all day, are told only to who wants them. */
function levelOf({ state, status }: Context): 'debug' | 'info' {
  const operation = state.operation as string | undefined;
  return status < 400 && (operation === undefined || operation.startsWith('check')) ? 'debug' : 'info';
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Nothing but a UUID: what a caller sends ends in logs and headers. */
function givenId(ctx: Context): string | undefined {
  const id = ctx.get('X-Request-Id').toLowerCase();
  return uuid.test(id) ? id : undefined;
}

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
