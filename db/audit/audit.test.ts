import { createHash, generateKeyPairSync, randomBytes, randomInt, sign as signWith } from 'node:crypto';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { createTestDatabase } from '../../test/support/database.ts';
import type { TestDatabase } from '../../test/support/database.ts';
import { recordEvents, transaction } from '../transaction.ts';
import { relayOnce } from './relay.ts';
import { sealHead } from './seal.ts';
import { verifyAudit } from './verify.ts';

let db: TestDatabase;
beforeAll(async () => (db = await createTestDatabase()));
afterAll(() => db.drop());

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const spki = keys.publicKey.export({ format: 'der', type: 'spki' });
const sign = (data: Buffer) => Promise.resolve(signWith('sha256', data, keys.privateKey));
const seal = (audit: Knex) => sealHead(audit, sign, { label: 'audit', spki });
const by = { kind: 'operator' as const, id: uuid() };

async function events(n: number, knex = db.operations): Promise<void> {
  await recordEvents(
    knex,
    by,
    ...Array.from({ length: n }, (_, i) => ({ kind: 'denied', objectType: 'requests', objectId: uuid(), detail: { i } })),
  );
}

interface OutboxRow {
  objectType: string;
  operation: string;
  after: Record<string, unknown>;
}

const outbox = (where: object): Promise<OutboxRow[]> =>
  db.operations('audit_outbox').where(where).orderBy(['xid', 'id']).select<OutboxRow[]>();
const digest = (data: Buffer | string) => `sha256:${createHash('sha256').update(data).digest('hex')}`;

test('insert, update and delete are recorded with before, after and the actor; what changes nothing is not', async () => {
  const id = uuid();
  const row = { id, givenName: 'Ada', familyName: 'Neri', email: `${id}@example.it` };
  await transaction(db.operations, by, async (trx) => {
    await trx('operators').insert(row);
    await trx('operators').where({ id }).update({ familyName: 'Bianchi' });
    await trx('operators').where({ id }).update({ familyName: 'Bianchi' });
    await trx('operators').where({ id }).delete();
  });
  const [insert, update, remove, ...more] = await outbox({ objectId: id });
  expect(more).toEqual([]);
  expect(insert).toMatchObject({
    operation: 'insert',
    actorKind: 'operator',
    actorId: by.id,
    objectType: 'operators',
    before: null,
    after: { family_name: 'Neri' },
  });
  expect(update).toMatchObject({
    operation: 'update',
    before: { family_name: 'Neri', version: 1 },
    after: { family_name: 'Bianchi', version: 2 },
  });
  expect(remove).toMatchObject({ operation: 'delete', before: { family_name: 'Bianchi' }, after: null });
});

test('a secret appears as a digest, and not at all while it does not change', async () => {
  const [operatorId, id] = [uuid(), uuid()];
  await transaction(db.operations, by, async (trx) => {
    await trx('operators').insert({ id: operatorId, givenName: 'A', familyName: 'B', email: `${id}@example.it` });
    await trx('accounts').insert({ id, login: id, operatorId, passwordHash: 'canary-hash' });
    await trx('accounts').where({ id }).update({ failures: 1 });
    const session = { id: uuid(), accountId: id, idHash: Buffer.from('canary-id'), expiresAt: new Date() };
    await trx('sessions').insert(session);
    await trx('data_keys').insert({ id, purpose: 'payload', wrapped: Buffer.from('canary-key'), wrappingKey: 'kek' });
  });
  const rows = await outbox({});
  expect(JSON.stringify(rows)).not.toMatch(/canary|63616e617279/);
  const after = (objectType: string, operation: string) =>
    rows.find((r) => r.objectType === objectType && r.operation === operation)?.after;
  expect(after('accounts', 'insert')).toHaveProperty('password_hash', digest('canary-hash'));
  expect(after('accounts', 'update')).not.toHaveProperty('password_hash');
  expect(after('sessions', 'insert')).toHaveProperty('id_hash', digest('canary-id'));
  expect(after('data_keys', 'insert')).toHaveProperty('wrapped', digest('canary-key'));
});

test('a change by hand is recorded with the database user, and truncate is refused', async () => {
  await db.operations.raw(`insert into roles (code, name_en, name_it, permissions) values ('X', 'X', 'X', '{}')`);
  expect(await outbox({ objectType: 'roles', objectId: 'X' })).toMatchObject([{ actorKind: 'database', actorId: 'postgres' }]);
  await expect(db.operations.raw('truncate roles cascade')).rejects.toThrow(/audit trail/);
});

test('rows are relayed in the order of their transactions, and none of one that still runs', async () => {
  while ((await relayOnce(db.operations, db.audit, { limit: 1000 })).relayed > 0);
  const open = await db.operations.transaction();
  await open.raw(`select set_config('smartcms.actor', '{"kind":"system","id":"slow"}', true)`);
  await open.raw(
    `insert into audit_outbox (actor_kind, actor_id, object_type, object_id, operation) values ('system', 'slow', 'x', 'x', 'event')`,
  );
  await events(3);
  expect((await relayOnce(db.operations, db.audit, { limit: 100 })).relayed).toBe(0);
  await open.commit();
  expect((await relayOnce(db.operations, db.audit, { limit: 100 })).relayed).toBe(4);
  const rows = await db.audit('audit_events').orderBy('seq', 'desc').limit(4).select('actorId');
  expect(rows[3]).toEqual({ actorId: 'slow' });
});

test('a relay that dies between the two databases neither loses nor doubles', async () => {
  await events(50);
  const before = Number((await db.audit('audit_events').count({ n: '*' }))[0]?.n);
  await expect(relayOnce(failingCommit(db.operations) as unknown as Knex, db.audit, { limit: 20 })).rejects.toThrow('killed');
  expect(Number((await db.audit('audit_events').count({ n: '*' }))[0]?.n)).toBe(before + 20);
  const relays = await Promise.all([1, 2, 3].map(() => relayOnce(db.operations, db.audit, { limit: 1000 })));
  expect(relays.reduce((n, r) => n + r.relayed, 0)).toBe(50);
  expect(Number((await db.audit('audit_events').count({ n: '*' }))[0]?.n)).toBe(before + 50);
  expect(await verifyAudit(db.audit, db.operations, spki)).toMatchObject({ ok: true });
});

/** The audit database has committed; then the process dies before the operations database does. */
const failingCommit = (knex: Knex) => ({
  transaction: (work: (trx: Knex) => Promise<unknown>) =>
    knex.transaction(async (trx) => {
      await work(trx);
      throw new Error('killed');
    }),
});

test('who may append may do nothing else, and not even the owner may change', async () => {
  await events(1);
  await relayOnce(db.operations, db.audit, { limit: 10 });
  const asWriter = (sql: string) => db.audit.transaction((trx) => trx.raw('set local role smartcms_audit').then(() => trx.raw(sql)));
  await expect(asWriter(`insert into audit_seals select * from audit_seals`)).rejects.toThrow(/permission denied/);
  await expect(asWriter(`delete from audit_events`)).rejects.toThrow(/permission denied/);
  await expect(asWriter(`select * from audit_append('[]')`)).resolves.toBeTruthy();
  for (const sql of [
    `update audit_events set actor_id = 'x'`,
    'delete from audit_events',
    'truncate audit_events',
    'delete from audit_seals where true',
  ]) {
    if (sql.includes('seals')) await seal(db.audit);
    await expect(db.audit.raw(sql)).rejects.toThrow(/only grows/);
  }
});

test('several workers that relay at once disturb nobody, and every event comes over once', async () => {
  const relays = async (n: number) => {
    for (let i = 0; i < 40; i++) {
      if (n === 0) await events(3);
      await relayOnce(db.operations, db.audit, { limit: 2 });
    }
  };
  await Promise.all([0, 1, 2].map(relays));
  while ((await relayOnce(db.operations, db.audit, { limit: 1000 })).relayed > 0);
  expect(await db.operations('audit_outbox')).toEqual([]);
});

test('of several workers that seal at once one does, and none fails', async () => {
  await events(1);
  await relayOnce(db.operations, db.audit, { limit: 100 });
  const sealed = await Promise.all(Array.from({ length: 4 }, () => seal(db.audit)));
  expect(sealed.filter((s) => s.sealed)).toHaveLength(1);
});

test('seals are made when there is news, and an untouched trail verifies', async () => {
  await events(5);
  await relayOnce(db.operations, db.audit, { limit: 100 });
  expect(await seal(db.audit)).toMatchObject({ sealed: true });
  expect(await seal(db.audit)).toMatchObject({ sealed: false });
  expect(await verifyAudit(db.audit, db.operations, spki)).toMatchObject({ ok: true, firstWrong: null });
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
  expect(await verifyAudit(db.audit, db.operations, other)).toMatchObject({ ok: false, firstWrong: { seq: 1 } });
});

/** What a superuser with the triggers off could try. Each returns the first event that is then wrong. */
const tamperings: Record<string, (trx: Knex, length: number) => Promise<number>> = {
  edited: async (trx, length) => {
    const seq = randomInt(1, length + 1);
    const column = ['actor_id', 'object_id', 'operation', 'detail', 'at', 'hash'][randomInt(6)] as string;
    const value = { detail: `'{"forged":true}'::jsonb`, at: `at + interval '1 microsecond'`, hash: `sha256('x')` }[column] ?? `'forged'`;
    await trx.raw(`update audit_events set ${column} = ${value} where seq = ?`, [seq]);
    return seq;
  },
  removed: async (trx, length) => {
    const seq = randomInt(1, length + 1);
    await trx('audit_events').where({ seq }).delete();
    return seq;
  },
  'removed and closed up': async (trx, length) => {
    const seq = randomInt(1, length);
    await trx('audit_events').where({ seq }).delete();
    await trx.raw('update audit_events set seq = -seq + 1 where seq > ?', [seq]);
    await trx.raw('update audit_events set seq = -seq where seq <= 0');
    return seq;
  },
  swapped: async (trx, length) => {
    const seq = randomInt(1, length);
    await trx.raw('update audit_events set seq = -seq where seq in (?, ?)', [seq, seq + 1]);
    await trx.raw('update audit_events set seq = case -seq when ? then ?::bigint else ?::bigint end where seq < 0', [seq, seq + 1, seq]);
    return seq;
  },
  'appended with a right hash': async (trx, length) => {
    const event = {
      source: uuid(),
      at: new Date(),
      actor_kind: 'operator',
      actor_id: 'x',
      object_type: 'x',
      object_id: 'x',
      operation: 'event',
    };
    await trx.raw('select audit_append(?::jsonb)', [JSON.stringify([event])]);
    return length + 1;
  },
  'tail cut': async (trx, length) => {
    const seq = randomInt(2, length + 1);
    await trx('audit_events').where('seq', '>=', seq).delete();
    await trx('audit_seals').where('seq', '>=', seq).delete();
    return seq;
  },
  'rewritten from there on': async (trx, length) => {
    const seq = randomInt(1, length + 1);
    await trx.raw(`update audit_events set actor_id = 'forged' where seq = ?`, [seq]);
    await trx.raw(`do $$ declare h bytea := ''; e audit_events; begin
      for e in select * from audit_events order by seq loop
        h := sha256(h || convert_to(audit_text(e), 'UTF8'));
        update audit_events set hash = h where seq = e.seq;
      end loop; end $$`);
    const before = await trx('audit_seals').where('seq', '<', seq).max<{ seq: number | null }[]>('seq as seq');
    const covered = await trx('audit_seals').where('seq', '>=', seq).first<object | undefined>();
    return covered ? (before[0]?.seq ?? 0) + 1 : length;
  },
  'a seal forged': async (trx) => {
    const { n } = await trx('audit_seals').orderByRaw('random()').first<{ n: number }>();
    await trx('audit_seals')
      .where({ n })
      .update({ signature: randomBytes(70) });
    return sealedBefore(trx, n);
  },
  'a seal removed': async (trx) => {
    const { n } = await trx('audit_seals').orderByRaw('random()').first<{ n: number }>();
    const seq = await sealedBefore(trx, n);
    await trx('audit_seals').where({ n }).delete();
    return seq;
  },
};

async function sealedBefore(trx: Knex, n: number): Promise<number> {
  const rows = await trx('audit_seals').where('n', '<', n).max<{ seq: number | null }[]>('seq as seq');
  return (rows[0]?.seq ?? 0) + 1;
}

let copy: TestDatabase | undefined;
afterEach(() => copy?.drop().then(() => (copy = undefined)));

test('of a hundred tamperings by a superuser every one is found and its first wrong event named', { timeout: 60_000 }, async () => {
  copy = await createTestDatabase();
  const { operations, audit } = copy;
  for (let i = 0; i < 8; i++) {
    await events(10, operations);
    await relayOnce(operations, audit, { limit: 100 });
    await seal(audit);
    await relayOnce(operations, audit, { limit: 100 });
  }
  expect(await verifyAudit(audit, operations, spki)).toMatchObject({ ok: true, events: 80, seals: 8 });
  const kinds = Object.entries(tamperings);
  for (let i = 0; i < 100; i++) {
    const [name, tamper] = kinds[i % kinds.length] as (typeof kinds)[number];
    const undo = new Error('undo');
    await audit
      .transaction(async (trx) => {
        await trx.raw(`set local session_replication_role = replica`);
        const seq = await tamper(trx, 80);
        const result = await verifyAudit(trx, operations, spki);
        expect({ name, ok: result.ok, seq: result.firstWrong?.seq }).toEqual({ name, ok: false, seq });
        throw undo;
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error;
      });
  }
  expect(await verifyAudit(audit, operations, spki)).toMatchObject({ ok: true });
});

test('on a trail that was changed nothing more is relayed', async () => {
  copy = await createTestDatabase();
  const { operations, audit } = copy;
  await events(5, operations);
  await relayOnce(operations, audit, { limit: 100 });
  await audit.transaction(async (trx) => {
    await trx.raw(`set local session_replication_role = replica`);
    await trx('audit_events').where({ seq: 5 }).delete();
  });
  await events(1, operations);
  await expect(relayOnce(operations, audit, { limit: 100 })).rejects.toThrow(/was changed \(event 5/);
  expect(await verifyAudit(audit, operations, spki)).toMatchObject({ ok: false, firstWrong: { seq: 5 } });
});
