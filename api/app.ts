import Router from '@koa/router';
import Koa, { type Context, type Middleware, type Next } from 'koa';
import compress from 'koa-compress';
import type { Registry } from 'prom-client';

import { currentFields } from '../db/reads/fields.ts';
import { failure } from '../domain/errors.ts';
import type { Authenticator } from './auth/authenticator.ts';
import { jsonBody } from './body.ts';
import { cookieName } from './client.ts';
import { clientAddress } from './client-address.ts';
import { dispatch } from './dispatch.ts';
import { docs } from './docs.ts';
import { OperationGuard } from './guard.ts';
import { openApi } from './openapi.ts';
import { withFields } from './openapi-fields.ts';
import type { AnyOperation } from './operation.ts';
import { measured } from './request-metrics.ts';
import { requests } from './requests.ts';
import { refuseCrossSite, securityHeaders } from './security.ts';
import type { Services } from './services.ts';
import { consoleIn } from './static.ts';

export interface AppOptions {
  /** By operationId. */
  operations: Record<string, AnyOperation>;
  authenticators: readonly Authenticator[];
  services: Services;
  /** Takes the figures of the requests. */
  registry: Registry;
  /** Folder of the built console. */
  consoleFolder: string;
}

/** The HTTP application: the operations below /api, their documentation, and the console everywhere else. */
export function createApp({ operations, authenticators, services, registry, consoleFolder }: AppOptions): Koa {
  const app = new Koa();
  app.on('error', (error: Error) => services.log.debug({ type: error.name }, 'the caller left before the end'));
  const ui = consoleIn(consoleFolder);
  app.use(clientAddress(services.settings.trustedProxies));
  app.use(measured(registry));
  app.use(requests(services.log));
  app.use(securityHeaders(services.settings.publicUrl, ui?.scriptHashes ?? []));
  app.use(compress({ filter: (type) => /text\/(html|css|javascript)|json|svg/.test(type), threshold: 1024 }));
  app.use(refuseCrossSite);
  app.use(jsonBody());
  const document = openApi(operations, cookieName(services.settings.publicUrl));
  app.use(docs(async () => withFields(document, (await currentFields(services.db)).set)));
  app.use(ownAddresses(operations));
  for (const router of routers(operations, new OperationGuard(authenticators, services), services)) {
    app.use(router.routes());
    app.use(otherMethods(router));
  }
  if (ui) app.use(ui.middleware);
  return app;
}

/** RFC 9110 15.5.6: another method is told those that the address takes, also one that nobody knows (TRACE). */
function otherMethods(router: Router): Middleware {
  const allowed = router.allowedMethods();
  return async (ctx: Context, next: Next) => {
    await allowed(ctx as Parameters<typeof allowed>[0], next);
    const methods = ctx.response.get('Allow');
    if (![405, 501].includes(ctx.status)) return;
    throw methods
      ? failure('method_not_allowed', `This address takes ${methods}.`)
      : failure('not_found', 'There is nothing at this address.');
  };
}

/** The address of an operation, such as /holders/export, is no id of another, such as /holders/{id}, whatever the method. */
function ownAddresses(operations: Record<string, AnyOperation>): Middleware {
  const plain = Object.values(operations).filter(({ path }) => !path.includes('{'));
  const methodsAt = Map.groupBy(plain, ({ path }) => `/api${path}`);
  return (ctx: Context, next: Next) => {
    const methods = methodsAt.get(ctx.path)?.flatMap(({ method }) => (method === 'get' ? ['HEAD', 'GET'] : [method.toUpperCase()]));
    if (!methods || [...methods, 'OPTIONS'].includes(ctx.method)) return next();
    ctx.set('Allow', methods.join(', '));
    throw failure('method_not_allowed', `This address takes ${methods.join(', ')}.`);
  };
}

/** Everything below /api; health also at the root, where load balancers look. */
function routers(operations: Record<string, AnyOperation>, guard: OperationGuard, services: Services): Router[] {
  const api = new Router({ prefix: '/api' });
  const root = new Router();
  for (const [name, operation] of Object.entries(operations)) {
    const path = operation.path.replaceAll(/\{(\w+)\}/g, ':$1');
    const handle = dispatch({ name, operation }, guard, services);
    api[operation.method](path, handle);
    if (path.startsWith('/health/')) root[operation.method](path, handle);
  }
  return [api, root];
}
