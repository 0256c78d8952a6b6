import { createHash } from 'node:crypto';

import { bodyParser } from '@koa/bodyparser';
import type { Context, Middleware, Next } from 'koa';

import { failure } from '../domain/errors.ts';
import { takesForms } from './security.ts';

const limit = 256 * 1024;

/**
 * JSON objects of at most 256 kB; bytes are left to the few operations that take a file (`readFile`). A form, which any page can send without asking, is
 * refused by its type, but for that of a SAML provider.
 */
export const jsonBody = (): Middleware => {
  const parse = bodyParser({ enableTypes: ['json'], jsonLimit: limit, onError: refuse });
  const parseForm = bodyParser({ enableTypes: ['form'], formLimit: limit, onError: refuse });
  return async (ctx: Context, next: Next) => {
    if (isFile(ctx)) return void (await next());
    const isForm = takesForms(ctx.path) && Boolean(ctx.request.is('application/x-www-form-urlencoded'));
    if (hasBody(ctx) && !isForm && !ctx.request.is('application/json')) {
      throw failure('unsupported_media_type', 'Send the body as application/json.');
    }
    await (isForm ? parseForm : parse)(ctx, () => {
      assertWellFormed(ctx.request.body);
      return next();
    });
  };
};

const isFile = (ctx: Context): boolean => ctx.request.is('application/octet-stream') === 'application/octet-stream';

const fileLimit = 8 * 1024 * 1024;

/** The file that an operation takes; where it takes none, one is refused. */
export async function readFile(ctx: Context, takesFile: boolean): Promise<Buffer> {
  if (isFile(ctx) !== takesFile)
    throw failure(
      'unsupported_media_type',
      takesFile ? 'Send the file as application/octet-stream.' : 'Send the body as application/json.',
    );
  const chunks: Buffer[] = [];
  let size = 0;
  if (takesFile)
    // The rest of what is too large is let go by: whoever sends it reads the answer.
    for await (const chunk of ctx.req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > fileLimit) throw failure('too_large', 'The file is larger than 8 MB. Choose a smaller one.');
      chunks.push(chunk);
    }
  const file = Buffer.concat(chunks);
  // The same key for another file is another call.
  if (takesFile) ctx.request.rawBody = createHash('sha256').update(file).digest('hex');
  return file;
}

/** A browser says `Content-Length: 0` for a POST without a body. */
const hasBody = (ctx: Context) => ctx.get('Transfer-Encoding') !== '' || Number(ctx.get('Content-Length')) > 0;

function refuse(error: Error): never {
  if ((error as { status?: number }).status === 413) throw failure('too_large', 'The body is larger than 256 kB.');
  throw failure('malformed_request', 'The body is not a well-formed JSON object.');
}

/** A lone surrogate is valid JSON (RFC 8259 8.2) but no text: PostgreSQL would refuse it later, as a defect. */
function assertWellFormed(body: unknown): void {
  const left: unknown[] = [body];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === 'string' && !value.isWellFormed()) throw failure('malformed_request', 'The body holds text that is not Unicode.');
    if (typeof value === 'object' && value !== null) left.push(...(Object.entries(value).flat() as unknown[]));
  }
}
