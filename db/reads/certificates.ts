import type { Knex } from 'knex';

import type { Actor } from '../../domain/actor.ts';
import { iso } from './requests.ts';
import { notFound, ownership, visibleTo } from './visible-to.ts';

const columns = [
  'id',
  'slot',
  'profile',
  'serial',
  'subject',
  'not_before',
  'not_after',
  'state',
  'state_since',
  'ca',
  'revocation_reason',
];

/** Certificates with their actions: what was asked, what the CA confirmed, what a published CRL carries. */
export async function certificatesOf(knex: Knex, where: { deviceId?: string; id?: string }) {
  const rows = (await knex('certificates').where(where).orderBy('slot').select(columns)) as Record<string, unknown>[];
  const actions = await actionsOf(
    knex,
    rows.map((c) => c.id as string),
  );
  return rows.map((c) => ({
    id: c.id as string,
    slot: c.slot as string,
    profile: c.profile as string,
    serial: c.serial as string | null,
    subject: c.subject as string | null,
    notBefore: iso(c.notBefore),
    notAfter: iso(c.notAfter),
    state: c.state as string,
    stateSince: iso(c.stateSince),
    ca: c.ca as string,
    revocationReason: c.revocationReason as string | null,
    actions: actions.filter((a) => a.certificateId === c.id).map(({ certificateId: _, ...action }) => action),
  }));
}

async function actionsOf(knex: Knex, certificateIds: string[]) {
  const { rows } = (await knex.raw(
    `select a.*, coalesce(o.given_name || ' ' || o.family_name, h.given_name || ' ' || h.family_name, 'smartCMS') as name
     from certificate_actions a
     left join operators o on o.id = a.requested_by and a.requested_by_kind = 'operator'
     left join holders h on h.id = a.requested_by and a.requested_by_kind = 'holder'
     where a.certificate_id = any (?) order by a.requested_at desc, a.id desc`,
    [certificateIds],
  )) as { rows: Record<string, unknown>[] };
  return rows.map((a) => ({
    certificateId: a.certificate_id as string,
    kind: a.kind as string,
    reason: a.reason as string,
    requestedAt: iso(a.requested_at),
    requestedBy: { kind: a.requested_by_kind as string, name: a.name as string },
    confirmedAt: iso(a.confirmed_at),
    publishedAt: iso(a.published_at),
    crlNumber: a.crl_number as number | null,
    problem: a.problem_detail as string | null,
    nextAttemptAt: iso(a.next_attempt_at),
  }));
}

/** One certificate, seen by whoever sees its device. */
export async function certificateDetail(knex: Knex, actor: Actor, id: string) {
  const { device, request } = await whereItIs(knex, actor, id);
  const [certificate] = await certificatesOf(knex, { id });
  if (!certificate) throw notFound();
  return { ...certificate, device, request };
}

/** The certificate itself, DER. */
export async function certificateDer(knex: Knex, actor: Actor, id: string): Promise<Buffer> {
  await whereItIs(knex, actor, id);
  const row = (await knex('certificates').where({ id }).first('der')) as { der: Buffer | null } | undefined;
  if (!row?.der) throw notFound();
  return row.der;
}

type Place = Record<'deviceId' | 'serial' | 'requestId' | 'number', string>;

async function whereItIs(knex: Knex, actor: Actor, id: string) {
  const query = knex('certificates')
    .join('devices', 'devices.id', 'certificates.device_id')
    .join('requests', 'requests.id', 'certificates.request_id')
    .where('certificates.id', id)
    .first({ deviceId: 'devices.id', serial: 'devices.serial', requestId: 'requests.id', number: 'requests.number' });
  const row = (await visibleTo(query, actor, 'certificate.read', ownership('devices'))) as unknown as Place | undefined;
  if (!row) throw notFound();
  return { device: { id: row.deviceId, serial: row.serial }, request: { id: row.requestId, number: row.number } };
}
