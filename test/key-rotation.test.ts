import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { lazyDataKeys, newDataKey, openDataKeys, rewrapped, type DataKeys } from '../connectors/hsm/data-keys.ts';
import { dataKeyStore } from '../db/stores/data-keys.ts';
import { system } from '../domain/actor.ts';
import { errorCodeOf, failure } from '../domain/errors.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { memoryWrapping } from './support/memory-wrapping.ts';

const hsm = memoryWrapping();
let db: TestDatabase;
beforeAll(async () => (db = await createTestDatabase()));
afterAll(() => db.drop());
beforeEach(() => db.operations('data_keys').delete());

const store = () => dataKeyStore(db.operations);
/** The keys of a process that starts now. */
const ring = (): Promise<DataKeys> => openDataKeys(hsm, store(), { purpose: 'codes', newId: uuid() });
const rotate = () =>
  store().rotate({ by: system, purpose: 'codes', make: (wrappingKey) => newDataKey(hsm, { id: uuid(), purpose: 'codes', wrappingKey }) });
const graceIsOver = () => db.operations('data_keys').update({ usableFrom: db.operations.fn.now() });

test('a new key is read by everybody before anybody writes with it, and the key before is read for ever', async () => {
  const [early, other] = [await ring(), await ring()];
  const old = early.current;
  expect(other.current).toBe(old);
  const { id } = await rotate();
  await early.refresh();
  expect(early.current).toBe(old);
  expect((await ring()).current).toBe(old);
  expect(await early.key(id)).toHaveLength(32);
  await graceIsOver();
  await early.refresh();
  expect(early.current).toBe(id);
  // It has not read since: what the others write it reads all the same.
  expect(other.current).toBe(old);
  expect(await other.key(id)).toEqual(await early.key(id));
  expect(await early.key(old)).toEqual(await other.key(old));
});

test('a key that nobody has is an error, and many who ask for it cost one reading', async () => {
  const real = store();
  let readings = 0;
  const list = () => (readings++, real.list());
  const keys = await openDataKeys(hsm, { ...real, list }, { purpose: 'codes', newId: uuid() });
  readings = 0;
  const asked = await Promise.allSettled(Array.from({ length: 20 }, () => keys.key('0199a1c2-0000-7000-8000-000000000000')));
  expect(asked.every((a) => a.status === 'rejected')).toBe(true);
  expect(readings).toBe(1);
});

test('a second rotation waits for the first to be in use, also when both come at once', async () => {
  await ring();
  const outcomes = await Promise.allSettled([rotate(), rotate()]);
  expect(outcomes.map((o) => (o.status === 'rejected' ? errorCodeOf(o.reason) : 'done')).sort()).toEqual(['done', 'wrong_state']);
  await graceIsOver();
  await rotate();
  expect(await db.operations('data_keys').where({ current: true })).toHaveLength(1);
  expect(await db.operations('data_keys')).toHaveLength(3);
});

test('under a new wrapping key the data keys are the same, and the wrapping key before is not needed any more', async () => {
  const before = await ring();
  await rotate();
  await hsm.ensureWrappingKey('kek-2');
  const rewrap = { by: system, wrappingKey: 'kek-2' };
  await expect(store().rewrap({ ...rewrap, rewrap: () => Promise.reject(new Error('the HSM went away')) })).rejects.toThrow('went away');
  expect(await store().rewrap({ ...rewrap, rewrap: (key) => rewrapped(hsm, key, 'kek-2') })).toBe(2);
  const withoutTheOld = {
    ...hsm,
    unwrap: (label: string, ...rest: [Buffer, Buffer]) => hsm.unwrap(label === 'kek' ? 'none' : label, ...rest),
  };
  const after = await openDataKeys(withoutTheOld, store(), { purpose: 'codes', newId: uuid() });
  expect(await after.key(before.current)).toEqual(await before.key(before.current));
  await graceIsOver();
  expect((await rotate()).wrappingKey).toBe('kek-2');
});

test('every change of keys is audited with who did it, and no key is in the trail', async () => {
  await ring();
  const by = { kind: 'operator', id: uuid() } as const;
  const { id, wrapped } = await store().rotate({
    by,
    purpose: 'codes',
    make: (wrappingKey) => newDataKey(hsm, { id: uuid(), purpose: 'codes', wrappingKey }),
  });
  const rows = await db.operations('audit_outbox').where({ objectType: 'data_keys', objectId: id });
  expect(rows).toMatchObject([{ operation: 'insert', actorId: by.id, after: { wrapped: expect.stringMatching(/^sha256:/) as string } }]);
  expect(JSON.stringify(rows)).not.toContain(wrapped.toString('hex'));
});

test('keys that the HSM cannot open yet say why, and open when it can', async () => {
  const { current } = await ring();
  let away = true;
  const unwrap: typeof hsm.unwrap = (...of) => (away ? Promise.reject(failure('hsm_pin_incorrect', 'refused')) : hsm.unwrap(...of));
  const late = lazyDataKeys({ unwrap }, store(), 'codes');
  await expect(late.refresh()).rejects.toMatchObject({ type: 'hsm_pin_incorrect' });
  expect(() => late.current).toThrow('refused');
  await expect(late.key(current)).rejects.toMatchObject({ type: 'hsm_pin_incorrect' });
  away = false;
  await late.refresh();
  expect(late.current).toBe(current);
  expect(await late.key(current)).toHaveLength(32);
});
