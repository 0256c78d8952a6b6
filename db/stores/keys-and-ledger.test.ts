import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { CaLedger } from '../../connectors/ca/ca-ledger.ts';
import { system } from '../../domain/actor.ts';
import { errorCodeOf } from '../../domain/errors.ts';
import { createTestDatabase } from '../../test/support/database.ts';
import type { TestDatabase } from '../../test/support/database.ts';
import { until } from '../../test/system/until.ts';
import { openPresence } from '../presence.ts';
import { caLedger } from './ca-ledger.ts';
import { caStore } from './cas.ts';
import { dataKeyStore } from './data-keys.ts';
import { idempotencyStore } from './idempotency.ts';

let db: TestDatabase;
beforeAll(async () => (db = await createTestDatabase()));
afterAll(() => db.drop());

const codeOf = (promise: Promise<unknown>) => promise.then(() => 'done', errorCodeOf);

const dataKey = () => dataKeyStore(db.operations).ensure({ id: uuid(), purpose: 'codes', wrapped: randomBytes(60), wrappingKey: 'kek' });

test('of many data keys made at once one is current', async () => {
  const keys = await Promise.all(Array.from({ length: 10 }, dataKey));
  expect(new Set(keys.map((key) => key.id)).size).toBe(1);
});

test('of fifty identical calls one is done and the others wait or get its answer', async () => {
  const store = idempotencyStore(db.operations);
  const presence = openPresence(db.operationsUrl);
  const call = { accountId: uuid(), key: 'k', callHash: randomBytes(32), newId: uuid(), holder: await presence.name() };
  const begun = await Promise.allSettled(Array.from({ length: 50 }, () => store.begin(call)));
  expect(begun.filter((b) => b.status === 'fulfilled').map((b) => b.value)).toEqual([{ kind: 'begun', newId: call.newId }]);
  expect(begun.filter((b) => b.status === 'rejected').map((b) => errorCodeOf(b.reason))).toEqual(Array(49).fill('still_running'));
  await store.finish({ ...call, status: 201, response: { id: 1 } });
  expect(await store.begin(call)).toEqual({ kind: 'replay', status: 201, response: { id: 1 } });
  expect(await codeOf(store.begin({ ...call, callHash: randomBytes(32) }))).toBe('idempotency_conflict');
  await store.begin({ ...call, key: 'other' });
  await store.abandon({ ...call, key: 'other' });
  // Sent again it makes the same thing; with other content it is another call.
  const again = { ...call, key: 'other', newId: uuid() };
  expect(await store.begin(again)).toEqual({ kind: 'begun', newId: call.newId });
  await store.abandon({ ...again, newId: uuid() });
  expect(await codeOf(store.begin(again))).toBe('still_running');
  await store.abandon({ ...again, newId: call.newId });
  expect(await store.begin({ ...again, callHash: randomBytes(32) })).toEqual({ kind: 'begun', newId: again.newId });
  await presence.close();
});

test('the key of a call is free at once when its process dies, and not before', async () => {
  const store = idempotencyStore(db.operations);
  const [dying, other] = [openPresence(db.operationsUrl), openPresence(db.operationsUrl)];
  const call = { accountId: uuid(), key: 'k', callHash: randomBytes(32), newId: uuid() };
  const [first, second] = [
    { ...call, holder: await dying.name() },
    { ...call, holder: await other.name(), newId: uuid() },
  ];
  await store.begin(first);
  expect(await codeOf(store.begin(second))).toBe('still_running');
  await db.operations.raw(
    `select pg_terminate_backend(pid) from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and application_name = 'smartcms-presence' and classid = ((hashtextextended(?, 0) >> 32) & 4294967295)::oid`,
    [first.holder],
  );
  await until('the connection to be gone', async () => (await dying.name()) !== first.holder);
  expect(await store.begin(second)).toEqual({ kind: 'begun', newId: call.newId });
  await store.abandon(first);
  expect(await codeOf(store.begin({ ...call, holder: await dying.name() }))).toBe('still_running');
  await dying.close();
  await other.close();
});

test('what only one process may have goes to the next when the first gives it or dies', async () => {
  const [first, second] = [openPresence(db.operationsUrl), openPresence(db.operationsUrl)];
  expect([await first.take('reader'), await second.take('reader')]).toEqual([true, false]);
  await first.give('reader');
  expect([await second.take('reader'), await first.take('reader')]).toEqual([true, false]);
  await second.close();
  await until('the reader to be free', () => first.take('reader'));
  await first.close();
});

test('the CA ledger keeps the first serial, counts changes, and numbers CRLs one at a time', async () => {
  const ledger: CaLedger = caLedger(db.operations);
  await caStore(db.operations).register({
    by: system,
    code: 'main',
    name: 'Main',
    kind: 'embedded',
    keyLabel: 'ca-main',
    certificate: randomBytes(9),
  });
  const order = { ca: 'main', clientRef: 'r', orderHash: randomBytes(32), notAfter: new Date(Date.now() + 1e9) };
  const entries = await Promise.all(['aa', 'bb', 'cc'].map((serial) => ledger.reserve({ ...order, serial })));
  const serial = (entries[0] as { serial: string }).serial;
  expect(new Set(entries.map((e) => e.serial)).size).toBe(1);
  const held = {
    ca: 'main',
    serial,
    from: ['good'] as const,
    status: 'held' as const,
    reason: 'certificateHold' as const,
    since: new Date(),
  };
  expect((await ledger.setStatus(held)).change).toBe(1);
  expect((await ledger.setStatus(held)).change).toBe(1);
  const publish = () =>
    ledger.publish({
      ca: 'main',
      make: async ({ last, change, revoked }) => {
        if (last && last.change >= change) return undefined;
        const der = Buffer.from(JSON.stringify(await revoked()));
        return { number: (last?.number ?? 0) + 1, thisUpdate: new Date(), nextUpdate: new Date(), der };
      },
    });
  const crls = await Promise.all(Array.from({ length: 5 }, publish));
  expect(new Set(crls.map((crl) => crl.number))).toEqual(new Set([1]));
  expect((await ledger.latestCrl({ ca: 'main' }))?.der.toString()).toContain(serial);
});
