import type { Context, Middleware, Next } from 'koa';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Counts what the API answers. Outermost, so that it sees the answer as it leaves. */
export function measured(registry: Registry): Middleware {
  const registers = [registry];
  const seconds = new Histogram({
    name: 'smartcms_api_request_seconds',
    help: 'Time until an answer begins, by operation and class of status.',
    labelNames: ['operation', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const signIns = new Counter({ name: 'smartcms_sign_in_failures_total', help: 'Sign-ins that were refused.', registers });
  const replays = new Counter({ name: 'smartcms_idempotency_replays_total', help: 'Calls answered from an earlier one.', registers });
  const streams = new Gauge({ name: 'smartcms_event_streams', help: 'Event streams that are open.', registers });

  return async (ctx: Context, next: Next) => {
    const time = seconds.startTimer();
    await next();
    const operation = (ctx.state.operation as string | undefined) ?? 'none';
    time({ operation, status: `${Math.floor(ctx.status / 100)}xx` });
    if (operation === 'signIn' && ctx.status >= 400) signIns.inc();
    if (ctx.res.hasHeader('Idempotency-Replayed')) replays.inc();
    if (ctx.type !== 'text/event-stream') return;
    streams.inc();
    ctx.res.once('close', () => streams.dec());
  };
}
