import { createHash, randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';

import type { CertificateOrder } from '../connectors/ca/ca.ts';
import { rawCertificate, type RawCa } from './raw-certificate.ts';

/**
 * The raw loops: the crypto and the SQL of an issuance and nothing else. Prepared statements, no parameters checked, no second look.
 *
 * `single` stores twice, as a CA must that never signs what it does not know: serial and order before the signature, the certificate after
 * it, each with its audit row, each committed. `bulk` is the unit of machines: fifty certificates in one statement, stored once.
 */
export function rawIssuance(url: string, ca: RawCa) {
  const pool = new pg.Pool({ connectionString: url, max: 16, idleTimeoutMillis: 0, application_name: 'bench-raw' });
  return {
    prepare: () => pool.query(tables),
    async single(order: CertificateOrder, ref: string): Promise<void> {
      const serial = newSerial();
      const id = serial.toString('hex');
      const hash = createHash('sha256').update(order.csr).digest();
      await pool.query({ name: 'reserve', text: reserve, values: [id, ref, hash, order.notAfter, JSON.stringify({ serial: id, ref })] });
      const certificate = await rawCertificate(ca, order, serial);
      const image = JSON.stringify({ serial: id, certificate: createHash('sha256').update(certificate).digest('hex') });
      await pool.query({ name: 'keep', text: keep, values: [id, certificate, image] });
    },
    async bulk(orders: readonly CertificateOrder[]): Promise<void> {
      const made: { serial: string; certificate: Buffer }[] = [];
      for (const order of orders) {
        const serial = newSerial();
        made.push({ serial: serial.toString('hex'), certificate: await rawCertificate(ca, order, serial) });
      }
      const columns = [made.map((m) => m.serial), made.map((m) => m.certificate), made.map(() => randomUUID())];
      const images = made.map((m) => JSON.stringify({ serial: m.serial, hash: createHash('sha256').update(m.certificate).digest('hex') }));
      await pool.query({ name: 'bulk', text: bulk, values: [...columns, images] });
    },
    close: () => pool.end(),
  };
}

/** Positive, 127 random bits. */
function newSerial(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] as number) & 0x7f) | 0x40;
  return serial;
}

const tables = `
  create table raw_ledger (serial text primary key, client_ref text not null unique, order_hash bytea not null, not_after timestamptz not null,
    certificate bytea, status text not null default 'good', status_since timestamptz not null default now());
  create table raw_devices (id uuid primary key, serial text not null);
  create table raw_events (id bigint generated always as identity primary key, at timestamptz not null default clock_timestamp(),
    actor text not null, object text not null, after jsonb);
`;
const reserve = `with l as (insert into raw_ledger (serial, client_ref, order_hash, not_after) values ($1, $2, $3, $4))
  insert into raw_events (actor, object, after) values ('bench', $1, $5)`;
const keep = `with l as (update raw_ledger set certificate = $2 where serial = $1)
  insert into raw_events (actor, object, after) values ('bench', $1, $3)`;
const bulk = `with i as (select * from unnest($1::text[], $2::bytea[], $3::uuid[], $4::jsonb[]) as t (s, c, u, j)),
  l as (insert into raw_ledger (serial, client_ref, order_hash, not_after, certificate) select s, s, '', now(), c from i),
  d as (insert into raw_devices select u, s from i)
  insert into raw_events (actor, object, after) select 'bench', s, j from i`;
