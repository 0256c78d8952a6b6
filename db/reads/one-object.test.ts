import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { seedDevice, seedRequest } from '../../test/support/api-records.ts';
import { holder, person, seedApiOrganisation } from '../../test/support/api-organisation.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import type { Actor } from '../../domain/actor.ts';
import type { OperatorId, UnitId } from '../../domain/ids.ts';
import { permissions } from '../../domain/permissions.ts';
import { certificateDetail } from './certificates.ts';
import { deviceDetail } from './device-detail.ts';
import { holderDetail } from './holders.ts';
import { portalDevices } from './portal.ts';
import { requestDetail } from './request-detail.ts';

let db: TestDatabase;
let client: pg.Client;
let actor: Actor;
const ids = { holder: '', request: '', device: '', certificate: '' };

beforeAll(async () => {
  db = await createTestDatabase();
  const { operations: knex } = db;
  const { office, profileId, operators } = await seedApiOrganisation(knex);
  ids.holder = await holder(knex, { unitId: office, registeredBy: operators.RO, data: person() });
  ids.request = await seedRequest(knex, { unitId: office, holderId: ids.holder, registeredBy: operators.RO, profileId });
  const { deviceId, certificateId } = await seedDevice(knex, { requestId: ids.request });
  Object.assign(ids, { device: deviceId, certificate: certificateId });
  const { path } = (await knex('units').where({ id: office }).first('path')) as { path: string };
  const reach = { id: operators.DO, role: 'DO', unitId: office as UnitId, unitPath: path, visibility: 'subtree', permissions } as const;
  actor = { kind: 'operator', id: operators.DO as OperatorId, name: 'Test', assignments: [reach], via: 'session', sessionId: '' };
  client = new pg.Client({ connectionString: db.operationsUrl });
  await client.connect();
  await client.query('set enable_seqscan = off');
});
afterAll(async () => {
  await client.end();
  await db.drop();
});

/** With the way through the whole table forbidden, PostgreSQL takes it only where no index leads to the rows. */
test.each<[string, () => Promise<unknown>]>([
  ['a request', () => requestDetail(db.operations, actor, ids.request)],
  ['a device', () => deviceDetail(db.operations, actor, ids.device)],
  ['a holder', () => holderDetail(db.operations, actor, ids.holder)],
  ['a certificate', () => certificateDetail(db.operations, actor, ids.certificate)],
  [
    'the cards of a holder',
    () => portalDevices(db.operations, { kind: 'holder', id: ids.holder, name: '', via: 'session', sessionId: '' } as Actor),
  ],
])('the page of %s reads no table from end to end', async (_, read) => {
  const asked: { sql: string; bindings: unknown[] }[] = [];
  const note = (query: (typeof asked)[number]) => void asked.push(query);
  db.operations.on('query', note);
  await read();
  db.operations.off('query', note);
  expect(asked.length).toBeGreaterThan(0);
  for (const { sql, bindings } of asked) {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${sql}`, bindings);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect({ sql, plan: plan.includes('Seq Scan on') ? plan : '' }).toEqual({ sql, plan: '' });
  }
});
