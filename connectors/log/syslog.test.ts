import { hostname } from 'node:os';

import { z } from 'zod';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { logEnvironment } from '../../domain/configuration/log-environment.ts';
import { openLogs, type Logs } from './logs.ts';
import { testRsyslog, type TestRsyslog } from '../../test/support/rsyslog.ts';

const requestId = '0d5f1f3a-6c1e-4b39-9c55-2f0f5a7f7b11';
let server: TestRsyslog;
let logs: Logs;
let before = 0;

/** What the logs say of themselves, from the destination beside syslog. */
const news: string[] = [];
let onNews = () => {};
const told = async (text: string) => {
  while (!news.splice(0).join().includes(text)) await new Promise<void>((resolve) => (onNews = resolve));
};

const open = (env: Record<string, string>): Promise<Logs> =>
  openLogs({
    process: 'worker',
    config: z.object(logEnvironment).parse({ LOG_DESTINATIONS: 'syslog,database', ...env }),
    saveEntries: (entries) => {
      news.push(...entries.map(({ message }) => message));
      onNews();
      return Promise.resolve();
    },
  });

/** The records that came since the test began. */
const records = async (count: number) => (await server.records(before + count)).slice(before);

beforeAll(async () => {
  server = await testRsyslog();
  await server.start();
  logs = await open({ LOG_SYSLOG_URL: server.tlsUrl, LOG_SYSLOG_CA_FILE: server.caFile });
}, 120_000);
beforeEach(async () => {
  before = (await server.records(0)).length;
});
afterAll(async () => {
  await logs.close();
  await server.remove();
});

test('a line arrives over TLS with its severity, host, program, process id, module and request id', async () => {
  logs.module('activities').warn({ requestId, activity: 'certify', ms: 12 }, 'activity failed');
  logs.module('audit').error('the chain is broken');
  logs.module('audit').info('all well');
  const got = await records(3);
  expect(got.map((r) => [r.priority, r.msgid])).toEqual([
    [132, 'activities'],
    [131, 'audit'],
    [134, 'audit'],
  ]);
  expect(got[0]).toMatchObject({
    host: hostname(),
    app: 'smartcms-worker',
    procid: String(process.pid),
    data: `[smartcms@32473 module="activities" requestId="${requestId}"]`,
  });
  expect(got[0]?.message).toContain('activity failed {"activity":"certify","ms":12}');
});

test('neither line breaks nor frame headers in a message make a second record', async () => {
  const forged = '<131>1 2026-01-01T00:00:00Z evil smartcms-api 1 audit - forged';
  const messages = [`one\n${forged}`, `two\r\n99 ${forged}`, `three\u0000\u0085\u2028${forged}`, `"]] [x y="z"] ${forged}`];
  for (const message of messages) logs.module('api').info({ path: message }, message);
  logs.module('api').info('the last');
  const got = await records(messages.length + 1);
  expect(got).toHaveLength(messages.length + 1);
  expect(got.map((r) => r.host)).not.toContain('evil');
  expect(got.at(-1)?.message).toContain('the last');
  expect(got[0]?.message).toContain(String.raw`one\u000a<131>1`);
});

test('a stopped server that comes back gets all that was logged meanwhile, in order', async () => {
  logs.module('mail').info('line before');
  await records(1);
  await server.stop();
  for (let i = 0; i < 500; i++) logs.module('mail').info(`line ${i}`);
  await told('takes no lines');
  await server.start();
  const got = await records(502);
  expect(got.filter((r) => r.msgid === 'logging')).toHaveLength(1);
  expect(got.filter((r) => r.msgid === 'mail').map((r) => /line (\w+)/.exec(r.message)?.[1])).toEqual([
    'before',
    ...Array.from({ length: 500 }, (_, i) => String(i)),
  ]);
  expect(logs.dropped()).toEqual({ syslog: 0, database: 0 });
}, 60_000);

test('what exceeds the queue is dropped, and the log says how many', async () => {
  await server.stop();
  for (let i = 0; i < 10_700; i++) logs.module('mail').info(`line ${i}`);
  await told('takes no lines');
  await server.start();
  // The queue and the line that says what it lost: 700 of these and the news that syslog was away.
  const got = await records(10_001);
  expect(logs.dropped()).toMatchObject({ syslog: 701 });
  expect(got.at(-1)?.message).toContain('"dropped":701');
  expect(got.filter((r) => r.msgid === 'mail')).toHaveLength(10_000);
}, 60_000);

test('without TLS the same lines arrive', async () => {
  const plain = await open({ LOG_SYSLOG_URL: server.tcpUrl });
  plain.module('process').info('over TCP');
  expect((await records(1))[0]).toMatchObject({ priority: 134, msgid: 'process' });
  await plain.close();
});

test('a server that wants our certificate gets it, and takes nothing from who has none', async () => {
  const target = { LOG_SYSLOG_URL: server.mutualUrl, LOG_SYSLOG_CA_FILE: server.caFile };
  const unknown = await open(target);
  unknown.module('process').info('from a stranger');
  await told('takes no lines');
  await unknown.close();
  const known = await open({ ...target, LOG_SYSLOG_CERT_FILE: server.caFile, LOG_SYSLOG_KEY_FILE: server.keyFile });
  known.module('process').info('from a friend');
  await known.close();
  const got = await records(1);
  expect(got.map((r) => r.message).join()).toContain('from a friend');
  expect(got.map((r) => r.message).join()).not.toContain('stranger');
});

test('a server whose certificate is not trusted gets nothing', async () => {
  const wary = await open({ LOG_SYSLOG_URL: server.tlsUrl });
  wary.module('process').info('for the wrong ears');
  await wary.close();
  logs.module('process').info('after');
  const got = await records(1);
  expect(got.map((r) => r.message).join()).not.toContain('wrong ears');
});
