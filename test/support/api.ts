import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { pino, type Logger } from 'pino';
import { Registry } from 'prom-client';

import { createApp } from '../../api/app.ts';
import { apiKeyAuthenticator } from '../../api/auth/api-key.ts';
import { memoryAttempts, type Attempts } from '../../api/auth/attempts.ts';
import { passwordMatches } from '../../api/auth/password.ts';
import { sessionAuthenticator } from '../../api/auth/session.ts';
import type { Services } from '../../api/services.ts';
import { listenToChanges, type Changes } from '../../api/changes.ts';
import { healthOf } from '../../connectors/monitor/health.ts';
import type { AnyOperation } from '../../api/operation.ts';
import { operations as allOperations } from '../../api/routes/index.ts';
import type { HolderData } from '../../domain/holder.ts';
import { openPresence } from '../../db/presence.ts';
import { assertDeclared } from './api-document.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { FakeTemporalClient } from './fake-temporal-client.ts';
import { fixedKeys } from './fixed-keys.ts';
import { memorySigner } from './memory-signer.ts';
import { memoryWrapping } from './memory-wrapping.ts';
import { password, seedApiOrganisation, type ApiOrganisation } from './api-organisation.ts';

export interface CallOptions {
  /** Cookie of who calls; absent: nobody. */
  as?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface ApiAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** Empty when the answer is no JSON. */
  body: AnswerBody;
}

/** The fields that tests look at, of the answers of all operations. */
export interface AnswerBody {
  id: string;
  kind: string;
  version: number;
  state: string;
  code: string;
  detail: string;
  instance: string;
  existing: string;
  errors: { pointer: string; message: string }[];
  items: { id: string; card: string | null }[];
  next: string | null;
  may: Record<string, boolean>;
  data: HolderData;
  givenName: string;
  birthPlace: string;
  approval: { votes: unknown[] };
  holds: { id: string; cause: string }[];
  openapi: string;
}

/** The API over HTTP on real databases, with everything real but Temporal. */
export interface TestApi {
  url: string;
  server: Server;
  database: TestDatabase;
  organisation: ApiOrganisation;
  temporal: FakeTemporalClient;
  codeKey: Buffer;
  /** The figures of the API. */
  registry: Registry;
  /** How many event streams are open. */
  watchers: () => number;
  call(method: string, path: string, options?: CallOptions): Promise<ApiAnswer>;
  /** Cookie of a fresh session of `<login>@example.it`. */
  signIn(login: string): Promise<string>;
  close(): Promise<void>;
}

interface Options {
  operations?: Record<string, AnyOperation>;
  attempts?: Attempts;
  consoleFolder?: string;
  publicUrl?: string;
  trustedProxies?: string[];
  proxySecret?: string;
  cardSignInUrl?: string;
  secondFactor?: 'required' | 'optional';
  passwordMatches?: Services['passwordMatches'];
  log?: Logger;
  /** A database of the test's own making instead of a copy of the template. */
  database?: TestDatabase;
}

export async function startApi(options: Options = {}): Promise<TestApi> {
  const {
    operations = allOperations,
    attempts = memoryAttempts(),
    consoleFolder = '/nonexistent',
    publicUrl = 'http://127.0.0.1',
    trustedProxies = [],
  } = options;
  const log = options.log ?? pino({ level: 'silent' });
  const database = options.database ?? (await createTestDatabase());
  const organisation = await seedApiOrganisation(database.operations);
  const temporal = new FakeTemporalClient(database.operations);
  const { changes, watchers } = counted(await listenToChanges(database.operationsUrl, log));
  const presence = openPresence(database.operationsUrl);
  const codeKey = randomBytes(32);
  const [db, signer] = [database.operations, memorySigner('P-256')];
  const registry = new Registry();
  const app = createApp({
    operations,
    authenticators: [apiKeyAuthenticator({ db, attempts }), sessionAuthenticator(db, publicUrl)],
    services: {
      ...{ db, auditDb: database.audit, temporal: temporal.client, changes, presence, attempts, log, proxySecret: options.proxySecret },
      passwordMatches: options.passwordMatches ?? passwordMatches,
      hsm: { ...memoryWrapping(), signer: () => Promise.resolve(signer) },
      codeKeys: fixedKeys(dataKeyId, new Map([[dataKeyId, codeKey]])),
      health: healthOf([{ name: 'database', check: () => db.raw('select 1') }]),
      settings: {
        profile: 'test',
        secondFactor: options.secondFactor ?? 'optional',
        publicUrl,
        validationUrl: 'http://127.0.0.1:1',
        trustedProxies,
        cardSignInUrl: options.cardSignInUrl,
      },
    },
    registry,
    consoleFolder,
  });
  const answer = app.callback();
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const call = (method: string, path: string, callOptions: CallOptions = {}) => callApi(url + path, method, callOptions);
  return {
    ...{ url, server, database, organisation, temporal, codeKey, registry, watchers, call },
    signIn: async (login) => cookieOf(await call('POST', '/api/session', { body: { login: `${login}@example.it`, password } })),
    close: async () => {
      await changes.close();
      await presence.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await database.drop();
    },
  };
}

/** The same changes, with the number of who listens. */
function counted(real: Changes): { changes: Changes; watchers: () => number } {
  let watching = 0;
  const subscribe: Changes['subscribe'] = (subscriber) => {
    watching++;
    const unsubscribe = real.subscribe(subscriber);
    return () => {
      watching--;
      unsubscribe();
    };
  };
  return { changes: { subscribe, close: () => real.close() }, watchers: () => watching };
}

export const dataKeyId = '0199a1c2-0000-7000-8000-0000000000ff';

async function callApi(url: string, method: string, { as, body, headers }: CallOptions): Promise<ApiAnswer> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...(as && { Cookie: as }), ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  assertDeclared(
    { method, path: new URL(url).pathname },
    { status: response.status, contentType: response.headers.get('Content-Type') ?? '', text },
  );
  const isJson = /json/.test(response.headers.get('Content-Type') ?? '');
  return { status: response.status, headers: response.headers, text, body: (isJson ? JSON.parse(text) : {}) as AnswerBody };
}

/** The `name=value` of the cookie that an answer sets first. */
export const cookieOf = ({ headers, text }: ApiAnswer): string => {
  const cookie = headers.getSetCookie()[0]?.split(';')[0];
  if (!cookie) throw new Error(`no session cookie: ${text}`);
  return cookie;
};
