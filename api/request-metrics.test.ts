import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { person } from '../test/support/api-organisation.ts';
import { startApi, type TestApi } from '../test/support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** The value of a sample as it stands in the exposition. */
async function sample(name: string): Promise<number> {
  const line = (await api.registry.metrics()).split('\n').find((l) => l.startsWith(`${name} `));
  return Number(line?.split(' ')[1] ?? 0);
}
const requests = (labels: string) => sample(`smartcms_api_request_seconds_count{${labels}}`);

test('requests are counted by operation and class of status; what is no operation has one label for all', async () => {
  const ro = await api.signIn('RO');
  await api.call('GET', '/api/units', { as: ro });
  await api.call('GET', '/api/units');
  for (const path of ['/api/nothing', '/api/more/nothing', '/favicon']) await api.call('GET', path);
  expect(await requests('operation="listUnits",status="2xx"')).toBe(1);
  expect(await requests('operation="listUnits",status="4xx"')).toBe(1);
  expect(await requests('operation="none",status="4xx"')).toBe(3);
});

test('refused sign-ins and repeated answers are counted', async () => {
  await api.call('POST', '/api/session', { body: { login: 'nobody@example.it', password: 'not the right one' } });
  expect(await sample('smartcms_sign_in_failures_total')).toBe(1);
  const as = await api.signIn('RO');
  const body = { unitId: api.organisation.office, ...person() };
  const headers = { 'Idempotency-Key': randomUUID() };
  for (let i = 0; i < 3; i++) await api.call('POST', '/api/holders', { as, body, headers });
  expect(await sample('smartcms_idempotency_replays_total')).toBe(2);
});

test('event streams are counted while they are open', async () => {
  const aborter = new AbortController();
  const closed = new Promise((resolve) => api.server.once('request', (_, response) => response.once('close', resolve)));
  await fetch(`${api.url}/api/events`, { headers: { Cookie: await api.signIn('RO') }, signal: aborter.signal });
  expect(await sample('smartcms_event_streams')).toBe(1);
  aborter.abort();
  await closed;
  while ((await sample('smartcms_event_streams')) > 0) await new Promise(setImmediate);
});

test('no label holds an id', async () => {
  const ro = await api.signIn('RO');
  await api.call('GET', `/api/requests/${randomUUID()}`, { as: ro });
  expect(await api.registry.metrics()).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/);
});
