import { generateKeyPairSync, sign as signWith } from 'node:crypto';

import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { system } from '../../domain/actor.ts';
import { caLedger } from '../stores/ca-ledger.ts';
import { recordEvents } from '../transaction.ts';
import { acceptRestore } from './accept-restore.ts';
import { relayOnce } from './relay.ts';
import { sealHead } from './seal.ts';
import { verifyAudit } from './verify.ts';

let db: TestDatabase;
beforeEach(async () => (db = await createTestDatabase()));
afterEach(() => db.drop());

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const spki = keys.publicKey.export({ format: 'der', type: 'spki' });
const reason = 'disk of the server lost';
const accept = () => acceptRestore({ ...db, reason });
const verified = () => verifyAudit(db.audit, db.operations, spki);

async function relay(): Promise<void> {
  while ((await relayOnce(db.operations, db.audit, { limit: 100 })).relayed > 0);
  await sealHead(db.audit, (data) => Promise.resolve(signWith('sha256', data, keys.privateKey)), { label: 'audit', spki });
}

async function events(n: number): Promise<void> {
  const event = () => ({ kind: 'denied', objectType: 'x', objectId: uuid() });
  await recordEvents(db.operations, system, ...Array.from({ length: n }, event));
  await relay();
}

/** As after a restore of the audit database alone: its newest events and seals are gone. */
const forget = (audit: Knex, after: number): Promise<void> =>
  audit.transaction(async (trx) => {
    await trx.raw('set local session_replication_role = replica');
    await trx('audit_seals').where('seq', '>', after).delete();
    await trx('audit_events').where('seq', '>', after).delete();
  });

/** As after a restore of the operations database alone: it remembers an older end of the trail. */
const remember = async (seq: number): Promise<void> => {
  const event = await db.audit('audit_events').where({ seq }).first<{ hash: Buffer }>('hash');
  const seals = await db.audit('audit_seals').where('seq', '<=', seq).count<{ n: number }[]>('* as n');
  await db.operations('audit_head').update({ seq, hash: event?.hash, seals: seals[0]?.n });
};

test('an audit database of an older moment stops the relay until that is accepted; the trail then tells it, and holds', async () => {
  await events(5);
  await events(3);
  await forget(db.audit, 5);
  await expect(events(1)).rejects.toThrow(/older backup/);
  expect(await accept()).toMatchObject({ known: 8, found: 5, lost: [] });
  await relay();
  expect(await verified()).toMatchObject({ ok: true, firstWrong: null, events: 7, restores: [{ seq: 7, known: 8, found: 5, reason }] });
});

test('what the trail knows of certificates and the restored ledger does not is named', async () => {
  await db.operations('cas').insert({ code: 'main', name: 'CA', kind: 'embedded', keyLabel: 'k', certificate: Buffer.from('x') });
  const ledger = caLedger(db.operations);
  const order = (serial: string) => ({ ca: 'main', serial, clientRef: serial, orderHash: Buffer.from('o'), notAfter: new Date() });
  const issue = async (serial: string) => {
    await ledger.reserve(order(serial));
    await ledger.keepCertificate({ ca: 'main', serial, certificate: Buffer.from(serial) });
  };
  await issue('aa');
  await issue('bb');
  await relay();
  const [head] = await db.audit('audit_events').max<{ seq: number }[]>('seq as seq');
  await issue('cc');
  await ledger.reserve(order('dd')); // never signed: nobody has it
  const revocation = {
    ca: 'main',
    from: ['good'] as const,
    status: 'revoked' as const,
    reason: 'keyCompromise' as const,
    since: new Date(),
  };
  await ledger.setStatus({ ...revocation, serial: 'bb' });
  await relay();

  await db.operations('ca_ledger').whereIn('serial', ['cc', 'dd']).delete();
  await db.operations('ca_ledger').where({ serial: 'bb' }).update({ status: 'good', reason: null });
  await db.operations('audit_outbox').delete();
  await remember(head?.seq ?? 0);
  await expect(events(1)).rejects.toThrow(/never relayed/);
  const { lost } = await accept();
  expect(lost).toEqual([
    { certificate: 'main/bb', was: 'revoked' },
    { certificate: 'main/cc', was: 'issued' },
  ]);
  await relay();
  expect(await verified()).toMatchObject({ ok: true, restores: [{ known: head?.seq }] });
});

test('where nothing was restored, or an event was changed, nothing is accepted', async () => {
  await events(3);
  await expect(accept()).rejects.toThrow(/nothing to accept/);
  await db.operations('audit_head').update({ hash: Buffer.alloc(32) });
  await expect(accept()).rejects.toThrow(/call security/);
  expect(await db.operations('audit_outbox')).toEqual([]);
});
