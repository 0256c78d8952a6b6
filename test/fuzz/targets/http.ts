import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

import Koa, { type Context } from 'koa';

import { jsonBody } from '../../../api/body.ts';
import { cookieName } from '../../../api/client.ts';
import type { AnyOperation } from '../../../api/operation.ts';
import { parseAddress, parseBody, parseIdempotencyKey, parseIfMatch } from '../../../api/parsing.ts';
import { operations } from '../../../api/routes/index.ts';
import { refuseCrossSite } from '../../../api/security.ts';
import { mutateBytes, mutateText } from '../mutate.ts';
import type { Random } from '../random.ts';
import type { Target } from '../target.ts';

const target = <T>(one: Target<T>): Target => one as Target;

/** What comes over HTTP, through the readers that the API uses. */
export const httpTargets = (): Target[] => [
  target({
    name: 'JSON body',
    make: body,
    parse: readBody,
    refusals: ['malformed_request', 'invalid_input', 'unsupported_media_type', 'too_large'],
    judge: judgeBody,
  }),
  target({ name: 'query', make: query, parse: readQuery, refusals: ['malformed_request'], judge: judgeQuery }),
  target({
    name: 'If-Match',
    make: (random) => mutateText('"7"', random),
    parse: parseIfMatch,
    refusals: ['malformed_request', 'version_required'],
    judge: (_, v: number) => whole(v),
  }),
  target({
    name: 'Idempotency-Key',
    make: (random) => mutateText('0199a1c2-0000-7000-8000-000000000001', random),
    parse: parseIdempotencyKey,
    refusals: ['malformed_request'],
    judge: judgeKey,
  }),
  target({
    name: 'Cookie',
    make: (random) => mutateText('sid=abcDEF_-123; other=1; __Host-sid=x', random),
    parse: readCookie,
    refusals: [],
    judge: judgeCookie,
  }),
  target({
    name: 'Origin',
    make: (random) => mutateText('https://cms.example.it', random),
    parse: readOrigin,
    refusals: ['cross_site'],
    judge: judgeOrigin,
  }),
];

const app = new Koa();

interface Given {
  method: string;
  url?: string;
  headers?: Record<string, string>;
  body?: Buffer;
}

/** What Koa sees of a request, without a connection. */
function contextOf({ method, url = '/', headers = {}, body }: Given): Context {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { method, url, headers: { host: 'cms.example.it', ...headers } });
  if (body) request.push(body);
  request.push(null);
  return app.createContext(request, new ServerResponse(request)) as unknown as Context;
}

const bodies = [
  '{"login":"ro@example.it","password":"x"}',
  '{"verdict":"approve","comment":"è"}',
  '{"holder":{"givenName":"Anna","document":{"kind":"passport","number":"1"}},"unitId":"0199a1c2-0000-7000-8000-000000000001","submit":true}',
  '{"cause":"lost","comment":"\\u00e8 \\ud83d\\ude42"}',
  '{"a":[1,2.5e3,-0,{"b":null}]}',
];
const schemas = (Object.values(operations) as AnyOperation[]).map((o) => o.body).filter((schema) => schema !== undefined);

interface Body {
  bytes: Buffer;
  headers: Record<string, string>;
}

function body(random: Random): Body {
  const text = random.pick(bodies);
  const plain = random.chance(2) ? Buffer.from(mutateText(text, random)) : mutateBytes(Buffer.from(text), random);
  const encoded = random.chance(10);
  const bytes = encoded ? (random.chance(2) ? gzipSync(plain) : plain) : plain;
  const type = random.chance(10) ? mutateText('application/json; charset=utf-8', random) : 'application/json';
  return {
    bytes,
    headers: {
      'content-type': type,
      'content-length': String(bytes.length),
      ...(encoded && { 'content-encoding': random.pick(['gzip', 'br', 'deflate', 'x']) }),
    },
  };
}

async function readBody({ bytes, headers }: Body): Promise<unknown> {
  const ctx = contextOf({ method: 'POST', headers, body: bytes });
  await jsonBody()(ctx, () => Promise.resolve());
  for (const schema of schemas) {
    try {
      parseBody(schema, ctx.request.body);
    } catch (error) {
      if ((error as { type?: string }).type !== 'invalid_input') throw error;
    }
  }
  return ctx.request.body;
}

/** What is accepted is what JSON says, an object, and text. */
function judgeBody({ bytes, headers }: Body, read: unknown): void {
  if (bytes.length === 0 || headers['content-encoding'] !== undefined) return;
  if (JSON.stringify(JSON.parse(bytes.toString())) !== JSON.stringify(read)) throw new Error(`it is read as ${JSON.stringify(read)}`);
  if (typeof read !== 'object' || read === null) throw new Error('it is no object');
}

/** What a provider of single sign-on adds to its answer is read by nobody here. */
const lists = (Object.values(operations) as AnyOperation[]).filter((o) => o.query && !o.path.endsWith('/callback'));
const queries = [
  '?state=draft&state=approved&limit=50&sort=-createdAt',
  '?from=2026-01-01T00:00:00Z&to=2026-12-31T23:59:59%2B02:00&search=anna%20rossi',
  '?cursor=WyIyMDI2IiwiMDE5OWExYzIiXQ&unitId=0199a1c2-0000-7000-8000-000000000001',
];

const query = (random: Random) => ({ operation: random.pick(lists), url: `/api/x${mutateText(random.pick(queries), random)}` });

const readQuery = ({ operation, url }: { operation: AnyOperation; url: string }): unknown =>
  parseAddress(operation.query, { ...contextOf({ method: 'GET', url }).query });

/** Every moment that is accepted is one that PostgreSQL has. */
function judgeQuery(_: unknown, read: { from?: string; to?: string; limit?: number }): void {
  for (const time of [read.from, read.to])
    if (time !== undefined && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time)) throw new Error(time);
  if (read.limit !== undefined) whole(read.limit);
}

function whole(value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(String(value));
}

function judgeKey(_: string, key: string | undefined): void {
  if (key !== undefined && !/^[!-~]{1,100}$/.test(key)) throw new Error(key);
}

const readCookie = (cookie: string) => contextOf({ method: 'GET', headers: { cookie } }).cookies.get(cookieName('http://127.0.0.1'));

function judgeCookie(header: string, value: string | undefined): void {
  if (value !== undefined && !header.includes(value)) throw new Error(value);
}

const readOrigin = (origin: string) => refuseCrossSite(contextOf({ method: 'POST', headers: { origin } }), () => Promise.resolve());

function judgeOrigin(origin: string): void {
  if (origin !== '' && new URL(origin).host !== 'cms.example.it') throw new Error('another host');
}
