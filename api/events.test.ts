import { afterAll, beforeAll, expect, test } from 'vitest';

import { startApi, type TestApi } from '../test/support/api.ts';
import { operator, person } from '../test/support/api-organisation.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

interface Stream {
  status: number;
  headers: Headers;
  /** The data of the next event, or 'end'. */
  next(): Promise<unknown>;
  close(): void;
}

async function watch(path: string, cookie: string): Promise<Stream> {
  const aborter = new AbortController();
  const response = await fetch(api.url + path, { headers: { Cookie: cookie }, signal: aborter.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  const next = async (): Promise<unknown> => {
    for (;;) {
      const end = buffer.indexOf('\n\n');
      if (end >= 0) {
        const event = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data !== undefined) return { event: /^event: (.*)$/m.exec(event)?.[1], ...(JSON.parse(data) as object) };
        continue;
      }
      const chunk = await reader?.read();
      if (!chunk || chunk.done) return 'end';
      buffer += chunk.value;
    }
  };
  return { status: response.status, headers: response.headers, next, close: () => aborter.abort() };
}

const create = async (as: string, changes: object = {}) =>
  (
    await api.call('POST', '/api/requests', {
      as,
      body: { unitId: api.organisation.office, profileId: api.organisation.profileId, holder: person(), ...changes },
    })
  ).body;
const touch = (id: string) =>
  api.database
    .operations('requests')
    .where({ id })
    .update({ reference: `touched ${Math.random()}` });

test('who watches a request hears of its changes with version, state and what it waits for, uncompressed and uncached', async () => {
  const ro = await api.signIn('RO');
  const { id, version } = await create(ro);
  const stream = await watch(`/api/requests/${id}/events`, ro);
  expect(stream.headers.get('Content-Type')).toContain('text/event-stream');
  expect(stream.headers.get('Content-Encoding')).toBeNull();
  expect(stream.headers.get('Cache-Control')).toBe('no-cache, no-transform');
  await touch(id);
  expect(await stream.next()).toEqual({ event: 'changed', version: version + 1, state: 'draft', waitsFor: null });
  stream.close();
});

test('a list hears of what its reader sees, and of nothing else', async () => {
  const { otherOffice } = api.organisation;
  await operator(api.database.operations, { login: 'elsewhere', role: 'RO', unitId: otherOffice, visibility: 'office' });
  const [here, elsewhere] = [await api.signIn('RO'), await api.signIn('elsewhere')];
  const stream = await watch('/api/events', here);
  const hidden = await create(elsewhere, { unitId: otherOffice });
  const shown = await create(here);
  expect(hidden.id).toBeDefined();
  expect(await stream.next()).toEqual({ event: 'changed', type: 'request', id: shown.id });
  stream.close();
});

test('a request that one may not see cannot be watched', async () => {
  const elsewhere = await api.signIn('elsewhere');
  const { id } = await create(await api.signIn('RO'));
  const stream = await watch(`/api/requests/${id}/events`, elsewhere);
  expect(stream.status).toBe(404);
  stream.close();
});

test('who signs out elsewhere hears no more: the stream ends at the next change', async () => {
  await operator(api.database.operations, { login: 'gone', role: 'RO', unitId: api.organisation.office, visibility: 'office' });
  const cookie = await api.signIn('gone');
  const stream = await watch('/api/events', cookie);
  await api.call('DELETE', '/api/session', { as: cookie });
  const { id } = await create(await api.signIn('RO'));
  expect(id).toBeDefined();
  expect(await stream.next()).toBe('end');
});

test('a broken LISTEN connection is opened again, and streams end so that readers read anew', async () => {
  const ro = await api.signIn('RO');
  const stream = await watch('/api/events', ro);
  await api.database.operations.raw(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'smartcms-changes' and datname = current_database()`,
  );
  expect(await stream.next()).toBe('end');
  const again = await watch('/api/events', ro);
  const { id } = await create(ro);
  expect(await again.next()).toMatchObject({ id });
  again.close();
});

test('a reader who leaves is forgotten', async () => {
  const ro = await api.signIn('RO');
  await expect.poll(api.watchers).toBe(0);
  const stream = await watch('/api/events', ro);
  expect(api.watchers()).toBe(1);
  stream.close();
  await expect.poll(api.watchers).toBe(0);
});
