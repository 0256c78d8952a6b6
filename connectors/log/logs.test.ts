import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';

import { loggingStore } from '../../db/stores/logging.ts';
import { logEntries, setLogLevels } from '../../db/reads/logging.ts';
import { system } from '../../domain/actor.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { logEnvironment, logProblems } from '../../domain/configuration/log-environment.ts';
import { followLevels } from './follow-levels.ts';
import { openLogs, type Logs } from './logs.ts';
import { withoutData } from './without-data.ts';

const Environment = z.object(logEnvironment);
const requestId = '0d5f1f3a-6c1e-4b39-9c55-2f0f5a7f7b11';

let database: TestDatabase;
beforeAll(async () => (database = await createTestDatabase()));
afterAll(() => database.drop());

const open = (env: Record<string, string>): Promise<Logs> =>
  openLogs({ process: 'api', config: Environment.parse(env), saveEntries: loggingStore(database.operations).addEntries });

/** Logs to a file in a directory that goes with the test, and what is in it. */
async function toFile(env: Record<string, string> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'smartcms-logs-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const logs = await open({ LOG_DESTINATIONS: 'file', LOG_FILE: join(dir, 'api.log'), ...env });
  const text = () =>
    readdirSync(dir)
      .sort()
      .map((name) => readFileSync(join(dir, name), 'utf8'))
      .join('');
  const messages = () =>
    text()
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
  return { logs, text, messages, dir };
}

test('each line names process and module; the level of one module changes while it runs, also for loggers handed out before', async () => {
  const { logs, text, messages } = await toFile();
  const [mail, audit] = [logs.module('mail'), logs.module('audit')];
  mail.debug('too fine');
  logs.setLevels(
    new Map([
      ['mail', 'debug'],
      ['audit', 'silent'],
    ]),
  );
  mail.debug('now seen');
  audit.error('not to be seen');
  logs.setLevels(new Map());
  mail.debug('too fine again');
  audit.error('seen again');
  await logs.close();
  expect(messages()).toEqual(['now seen', 'seen again']);
  expect(JSON.parse(text().split('\n')[0] ?? '')).toMatchObject({ process: 'api', module: 'mail', level: 'debug', pid: process.pid });
});

test('a line after the end harms nobody', async () => {
  const { logs, messages } = await toFile();
  logs.module('process').warn('the last');
  await logs.close();
  logs.module('process').warn('too late');
  expect(messages()).toEqual(['the last']);
});

test('a secret under its name does not leave', async () => {
  const { logs, text } = await toFile();
  logs.module('api').info({ pin: '83920174', body: { password: 'canary', taxCode: 'RSSMRA85T10A562S' } }, 'careless');
  await logs.close();
  expect(text()).toContain('careless');
  expect(text()).not.toMatch(/83920174|canary|RSSMRA85T10A562S/);
});

test('a full file is changed for the next without losing a line, and the oldest goes', async () => {
  const { logs, dir, text } = await toFile({ LOG_FILE_COUNT: '3' });
  const long = 'x'.repeat(1_000_000);
  for (let i = 0; i < 160; i++) {
    logs.module('api').info(`<${i}>${long}`);
    // A change of files is made between two turns of the event loop.
    await new Promise(setImmediate);
  }
  await logs.close();
  expect(readdirSync(dir).sort()).toEqual(['api.2.log', 'api.3.log', 'api.4.log']);
  const kept = [...text().matchAll(/<(\d+)>/g)].map((found) => Number(found[1]));
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => 160 - kept.length + i));
}, 60_000);

test('the database gets lines from its level on, whatever is in them, under the id of their request', async () => {
  const logs = await open({ LOG_DESTINATIONS: 'database' });
  logs.module('api').info('not here');
  logs.module('api').warn({ requestId, path: 'a\u0000b\ud800' }, 'NUL \u0000 and half \udfff');
  logs.module('mail').error('another');
  await logs.close();
  const { items } = await logEntries(database.operations, { requestId });
  expect(items).toMatchObject([
    { level: 'warn', process: 'api', module: 'api', message: 'NUL  and half \ufffd', detail: { path: 'ab\ufffd' } },
  ]);
  expect((await logEntries(database.operations, {})).items.map((e) => e.message)).toEqual(['another', 'NUL  and half \ufffd']);
});

test('a database that is away neither stops nor fails the process, and gets the lines when it is back', async () => {
  let away = true;
  const saved: string[] = [];
  const logs = await openLogs({
    process: 'api',
    config: Environment.parse({ LOG_DESTINATIONS: 'database' }),
    saveEntries: (entries) => {
      if (away) return Promise.reject(new Error('connection refused'));
      saved.push(...entries.map((e) => e.message));
      return Promise.resolve();
    },
  });
  logs.module('mail').warn('while away');
  away = false;
  await logs.close();
  expect(saved).toEqual(['while away']);
});

test('old lines are purged, levels that somebody sets are followed and audited', async () => {
  const knex = database.operations;
  const store = loggingStore(knex);
  await store.addEntries([
    {
      id: '019a0000-0000-7000-8000-000000000001',
      at: '2020-01-01T00:00:00Z',
      level: 'warn',
      process: 'api',
      host: 'h',
      pid: 1,
      module: 'api',
      requestId: null,
      message: 'old',
      detail: {},
    },
  ]);
  expect(await store.purgeEntries({ olderThanDays: 30 })).toBe(1);
  await store.setLevel({ by: system, module: 'mail', level: 'debug' });
  const levels = await new Promise((resolve) => {
    const stop = followLevels({ setLevels: resolve }, () => setLogLevels(knex));
    onTestFinished(stop);
  });
  expect(levels).toEqual(new Map([['mail', 'debug']]));
  await store.setLevel({ by: system, module: 'mail', level: null });
  expect(await setLogLevels(knex)).toEqual(new Map());
  const events = await knex('audit_outbox').where({ objectType: 'log_levels' }).orderBy('id').pluck('operation');
  expect(events).toEqual(['insert', 'delete']);
});

test('an error of the database leaves without the values of the row', async () => {
  const knex = database.operations;
  const secret = 'RSSMRA85T10A562S';
  const duplicate = () =>
    knex('log_levels').insert([
      { module: secret, level: 'info' },
      { module: secret, level: 'info' },
    ]);
  const wrong = () => knex('log_levels').where({ module: secret }).whereRaw('?::int = 1', [secret]);
  for (const fails of [duplicate, wrong]) {
    const error = await fails().then(
      () => undefined,
      (e: unknown) => e as Error,
    );
    expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify(withoutData(error))).toMatch(/"code":"(23505|22P02)"/);
    expect(JSON.stringify(withoutData(error))).not.toContain(secret);
  }
});

test('an environment is told all that is missing for its destinations', () => {
  const problems = (env: Record<string, string>) => {
    const { data, error } = Environment.safeParse(env);
    return error?.issues.map((i) => i.path.join('.')) ?? logProblems(data ?? {}).map(({ variable }) => variable);
  };
  expect(problems({})).toEqual([]);
  expect(problems({ LOG_DESTINATIONS: 'stdout,file,syslog' })).toEqual(['LOG_FILE', 'LOG_SYSLOG_URL']);
  expect(problems({ LOG_DESTINATIONS: 'stdout,paper' })).toEqual(['LOG_DESTINATIONS.1']);
  expect(problems({ LOG_SYSLOG_URL: 'udp://x:514' })).toEqual(['LOG_SYSLOG_URL']);
  expect(problems({ LOG_SYSLOG_CERT_FILE: '/x' })).toEqual(['LOG_SYSLOG_KEY_FILE']);
});
