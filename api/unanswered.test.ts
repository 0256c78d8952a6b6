import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { startApi, type TestApi } from '../test/support/api.ts';
import { person } from '../test/support/api-organisation.ts';
import { seedDevice, seedRequest } from '../test/support/api-records.ts';

let api: TestApi;
let cookies: { ro: string; hd: string };
beforeAll(async () => {
  api = await startApi();
  cookies = { ro: await api.signIn('RO'), hd: await api.signIn('HD') };
});
afterAll(() => api.close());

/** As when the process dies between the effect and its answer: no answer is kept, and the caller gets none. */
async function withoutAnswer<T>(work: () => Promise<T>): Promise<T> {
  const { operations } = api.database;
  await operations.raw(`create function dies() returns trigger language plpgsql as $$ begin raise exception 'died'; end $$;
    create trigger dies before update on idempotency_keys for each row when (new.status is not null) execute function dies()`);
  return work().finally(() => operations.raw('drop function dies cascade'));
}

async function delivered(): Promise<string> {
  const { office, profileId, operators, holderId } = api.organisation;
  const row = { unitId: office, holderId, registeredBy: operators.RO, profileId, state: 'delivered' };
  return (await seedDevice(api.database.operations, { requestId: await seedRequest(api.database.operations, row) })).deviceId;
}

const draft = () => ({ unitId: api.organisation.office, profileId: api.organisation.profileId, holder: person() });

test.each([
  ['a request', 'requests', 'ro', () => ['/requests', draft()]],
  ['a person', 'holders', 'ro', () => ['/holders', { unitId: api.organisation.office, ...person({ taxCode: 'VRDGPP70C15L219C' }) }]],
  ['a hold', 'device_holds', 'hd', async () => [`/devices/${await delivered()}/holds`, { cause: 'absence', comment: 'away' }]],
] as const)('%s whose answer was lost is there once when the call is sent again', async (_what, table, who, given) => {
  const [path, body] = (await given()) as [string, object];
  const headers = { 'Idempotency-Key': uuid() };
  const send = () => api.call('POST', `/api${path}`, { as: cookies[who], headers, body });
  const count = async () => Number((await api.database.operations(table).count<{ n: string }[]>('* as n'))[0]?.n);
  const before = await count();
  expect((await withoutAnswer(send)).status).toBe(500);
  expect(await count()).toBe(before + 1);
  expect([200, 201]).toContain((await send()).status);
  expect(await count()).toBe(before + 1);
});
