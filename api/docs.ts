import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import type { Context, Middleware, Next } from 'koa';

const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>smartCMS API</title>
    <link rel="stylesheet" href="/api/docs/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script src="/api/docs/start.js"></script>
  </body>
</html>
`;
const start = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });\n`;

const asset = (name: string) => () => createReadStream(join(swaggerUi, name));

/** The OpenAPI document of this installation and a page to read and try it; everything from this host, no inline script. */
export function docs(openApi: () => Promise<object>): Middleware {
  const answers: Record<string, { type: string; body: () => unknown }> = {
    '/api/openapi.json': { type: 'json', body: openApi },
    '/api/docs': { type: 'html', body: () => page },
    '/api/docs/start.js': { type: 'js', body: () => start },
    '/api/docs/swagger-ui.css': { type: 'css', body: asset('swagger-ui.css') },
    '/api/docs/swagger-ui-bundle.js': { type: 'js', body: asset('swagger-ui-bundle.js') },
  };
  return async (ctx: Context, next: Next): Promise<void> => {
    const answer = Object.hasOwn(answers, ctx.path) ? answers[ctx.path] : undefined;
    if (!answer || !['GET', 'HEAD'].includes(ctx.method)) return void (await next());
    ctx.type = answer.type;
    ctx.set('Cache-Control', 'no-cache');
    ctx.body = await answer.body();
  };
}
