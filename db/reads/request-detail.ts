import type { Knex } from 'knex';

import type { Actor } from '../../domain/actor.ts';
import type { ApprovalState } from '../../domain/approval.ts';
import type { DeviceProfile } from '../../domain/profile.ts';
import { mailTroubleOf } from './mail.ts';
import { openProduction } from './production.ts';
import { mayDo } from './request-may.ts';
import { requestHistory } from './request-history.ts';
import { mailerOf, votesOf, type VoteView } from './request-parts.ts';
import { iso, requestRows, toSummary, type WholeRequestRow } from './requests.ts';
import { notFound, ownership, visibleTo } from './visible-to.ts';

/** Everything that the page of a request shows, including what this actor may do now. `not_found` when hidden. */
export async function requestDetail(knex: Knex, actor: Actor, id: string) {
  const whole = requestRows(knex)
    .join('field_sets', 'field_sets.version', 'requests.field_set')
    .select('requests.*', { definition: 'device_profiles.definition', definitions: 'field_sets.definition', deviceState: 'devices.state' });
  const query = visibleTo(whole, actor, 'request.read', ownership('requests'));
  const row = (await query.where('requests.id', id).first()) as WholeRequestRow | undefined;
  if (!row) throw notFound();
  const [votes, production, certificates, mailer, mailTrouble, amenders, twins] = await Promise.all([
    votesOf(knex, id),
    openProduction(knex, id),
    certificatesOf(knex, row.deviceId),
    mailerOf(knex, row.deviceId),
    mailTroubleOf(knex, id),
    knex('amendments').where({ requestId: id }).distinct('operator_id').pluck<string[]>('operator_id'),
    knex('operators').where({ taxCode: row.data.taxCode }).pluck<string[]>('id'),
  ]);
  const excluded = [row.registeredBy, ...amenders, ...twins];
  return {
    ...toSummary(row),
    data: row.data,
    extra: row.extra,
    fieldSet: row.definitions,
    approval: approvalOf(row, votes),
    waits: waitsOf(row),
    times: timesOf(row),
    device: row.deviceId ? { id: row.deviceId, serial: row.deviceSerial as string, state: row.deviceState as string } : null,
    production,
    certificates,
    mailer,
    mailTrouble,
    may: mayDo(actor, { row, votes, production, mailer, mailTrouble, excluded }),
    history: await requestHistory(knex, row),
  };
}

const certificatesOf = async (knex: Knex, deviceId: string | null) => {
  if (!deviceId) return [];
  const columns = ['id', 'slot', 'profile', 'state', 'serial', 'subject', 'not_before', 'not_after'];
  const rows = (await knex('certificates').where({ deviceId }).orderBy('slot').select(columns)) as Record<string, unknown>[];
  return rows.map((c) => ({
    id: c.id as string,
    slot: c.slot as string,
    profile: c.profile as string,
    state: c.state as string,
    serial: c.serial as string | null,
    subject: c.subject as string | null,
    notBefore: iso(c.notBefore),
    notAfter: iso(c.notAfter),
  }));
};

/** Before submission the steps are the profile's; afterwards those the request was submitted under. */
function approvalOf(row: WholeRequestRow, votes: VoteView[]) {
  const approval = row.approval as ApprovalState | null;
  const policy = approval?.policy ?? (row.definition as DeviceProfile).approval;
  return { round: row.round as number, step: approval?.step ?? 0, steps: policy.steps, votes };
}

const waitsOf = (row: WholeRequestRow) => ({
  for: row.waitsFor as string | null,
  since: iso(row.waitingSince),
  nextAttemptAt: iso(row.nextAttemptAt),
  deadlineAt: iso(row.deadlineAt),
  problem: row.problemCode ? { code: row.problemCode as string, detail: (row.problemDetail as string | null) ?? '' } : null,
});

const timesOf = (row: WholeRequestRow) => ({
  submittedAt: iso(row.submittedAt),
  approvedAt: iso(row.approvedAt),
  producedAt: iso(row.producedAt),
  deliveredAt: iso(row.deliveredAt),
  activatedAt: iso(row.activatedAt),
  closedAt: iso(row.closedAt),
});
