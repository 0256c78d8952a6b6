import Router from '@koa/router';
import Koa from 'koa';
import compress from 'koa-compress';
import type { Registry } from 'prom-client';

import type { Authenticator } from './auth/authenticator.ts';
import { jsonBody } from './body.ts';
import { dispatch } from './dispatch.ts';
import { docs } from './docs.ts';
import { OperationGuard } from './guard.ts';
import { openApi } from './openapi.ts';
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
  app.use(measured(registry));
  app.use(requests(services.log));
  app.use(securityHeaders(services.settings.publicUrl, ui?.scriptHashes ?? []));
  app.use(compress({ filter: (type) => /text\/(html|css|javascript)|json|svg/.test(type), threshold: 1024 }));
  app.use(refuseCrossSite);
  app.use(jsonBody());
  app.use(docs(openApi(operations)));
  for (const router of routers(operations, new OperationGuard(authenticators, services.db), services)) {
    app.use(router.routes());
    app.use(router.allowedMethods({ throw: true }));
  }
  if (ui) app.use(ui.middleware);
  return app;
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
