import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import type { Context, Middleware, Next } from 'koa';

/** Files of the console as they were at start, in memory (under 2 MB): no address leads outside, and a new build changes nothing until a restart. */
export interface Console {
  middleware: Middleware;
  /** SHA-256 (base64) of the inline scripts of its page, for the Content-Security-Policy. */
  scriptHashes: string[];
}

/** The single-page console: its files, and its page at every address that is not a file. Undefined where it was not built. */
export function consoleIn(folder: string): Console | undefined {
  const page = join(folder, '200.html');
  if (!existsSync(page)) return undefined;
  const html = readFileSync(page, 'utf8');
  const files = filesBelow(folder);
  const middleware = async (ctx: Context, next: Next): Promise<void> => {
    if (!['GET', 'HEAD'].includes(ctx.method) || ctx.path.startsWith('/api/')) return void (await next());
    const file = files.get(ctx.path);
    if (file === undefined) return showPage(ctx, html, next);
    ctx.type = ctx.path.slice(ctx.path.lastIndexOf('.'));
    for (const header of ofDocuments) ctx.remove(header);
    ctx.set('Cache-Control', ctx.path.includes('/immutable/') ? 'public, max-age=31536000, immutable' : 'no-cache');
    ctx.body = file;
  };
  return { middleware, scriptHashes: inlineScriptHashes(html) };
}

/** Say what a document may do. A script or a picture is none, and a page has dozens of them. */
const ofDocuments = ['Content-Security-Policy', 'Permissions-Policy', 'Referrer-Policy', 'Origin-Agent-Cluster', 'X-Frame-Options'];

/** An address of the console has no extension; a file that is missing is missing. */
async function showPage(ctx: Context, html: string, next: Next): Promise<void> {
  if (/\.\w+$/.test(ctx.path)) return void (await next());
  ctx.type = 'html';
  ctx.set('Cache-Control', 'no-cache');
  ctx.body = html;
}

const filesBelow = (folder: string): Map<string, Buffer> =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((file) => statSync(file).isFile())
      .map((file) => [`/${relative(folder, file).split(sep).join('/')}`, readFileSync(file)]),
  );

const inlineScriptHashes = (html: string): string[] =>
  [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(([, script]) =>
    createHash('sha256')
      .update(script ?? '')
      .digest('base64'),
  );
