import { afterAll, beforeAll, expect, test } from 'vitest';

import { loggingStore } from '../db/stores/logging.ts';
import { logModules, type LogEntry } from '../domain/logging.ts';
import { startApi, type TestApi } from '../test/support/api.ts';

const requestId = '0d5f1f3a-6c1e-4b39-9c55-2f0f5a7f7b11';
let api: TestApi;
let sa: string;
beforeAll(async () => {
  api = await startApi();
  sa = await api.signIn('SA');
});
afterAll(() => api.close());

const get = async <T>(path: string): Promise<T> => JSON.parse((await api.call('GET', `/api${path}`, { as: sa })).text) as T;

test('the administrator sets the level of a module and takes it back; both are audited as theirs', async () => {
  const set = (module: string, level: unknown) => api.call('PUT', `/api/logging/${module}`, { as: sa, body: { level } });
  expect((await set('mail', 'debug')).status).toBe(204);
  const { modules } = await get<{ modules: { module: string; level: string | null }[] }>('/logging');
  expect(modules.map((m) => m.module)).toEqual([...logModules]);
  expect(modules.filter((m) => m.level !== null)).toEqual([{ module: 'mail', level: 'debug' }]);
  expect((await set('mail', null)).status).toBe(204);
  expect((await set('mail', 'loud')).status).toBe(422);
  expect((await set('nothing', 'debug')).status).toBe(400);
  const events = await api.database
    .operations('audit_outbox')
    .where({ objectType: 'log_levels' })
    .orderBy('id')
    .select<{ operation: string; actorId: string; objectId: string }[]>('operation', 'actor_id', 'object_id');
  const by = { actorId: api.organisation.operators.SA, objectId: 'mail' };
  expect(events).toMatchObject([
    { operation: 'insert', ...by },
    { operation: 'delete', ...by },
  ]);
});

test('lines in the database are found by level, module and request, newest first, page by page', async () => {
  const line = (n: number, changes: Partial<LogEntry> = {}): LogEntry => ({
    id: `019a0000-0000-7000-8000-00000000000${n}`,
    at: `2026-01-01T00:00:0${n}.000Z`,
    ...{ level: 'warn', process: 'worker', host: 'h', pid: 7, module: 'mail', requestId: null, message: `line ${n}`, detail: { n } },
    ...changes,
  });
  await loggingStore(api.database.operations).addEntries([
    line(1),
    line(2, { level: 'error' }),
    line(3, { requestId }),
    line(4, { module: 'audit' }),
  ]);
  interface Page {
    items: LogEntry[];
    next: string | null;
  }
  const found = async (query: string) => (await get<Page>(`/log-entries?${query}`)).items.map((e) => e.message);
  expect(await found('')).toEqual(['line 4', 'line 3', 'line 2', 'line 1']);
  expect(await found('level=error')).toEqual(['line 2']);
  expect(await found('module=audit')).toEqual(['line 4']);
  expect(await found(`requestId=${requestId}`)).toEqual(['line 3']);
  const first = await get<Page>('/log-entries?limit=3');
  expect(first.items[1]).toEqual(line(3, { requestId }));
  expect(await found(`limit=3&cursor=${first.next}`)).toEqual(['line 1']);
});
