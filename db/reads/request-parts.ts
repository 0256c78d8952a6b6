import type { Knex } from 'knex';

import { iso } from './requests.ts';

export type VoteView = Awaited<ReturnType<typeof votesOf>>[number];
export type MailerView = { envelope: string; printedAt: string | null } | null;

/** Every vote on a request, the oldest first; those of a round that an amendment ended are voided. */
export async function votesOf(knex: Knex, requestId: string) {
  const rows = (await knex('approvals')
    .join('operators', 'operators.id', 'approvals.operator_id')
    .where({ requestId })
    .orderBy('decided_at')
    .select('approvals.*', 'operators.given_name', 'operators.family_name')) as Record<string, unknown>[];
  return rows.map((v) => ({
    step: v.step as number,
    round: v.round as number,
    by: { id: v.operatorId as string, name: `${String(v.givenName)} ${String(v.familyName)}` },
    verdict: v.verdict as string,
    comment: v.comment as string,
    decidedAt: iso(v.decidedAt),
    voided: v.voidedAt !== null,
  }));
}

/** The PIN mailer of a device: its envelope, and when it was printed (then it is gone). */
export async function mailerOf(knex: Knex, deviceId: string | null): Promise<MailerView> {
  if (!deviceId) return null;
  const mailer = (await knex('sealed_documents').where({ deviceId, kind: 'pin_mailer' }).first('envelope', 'printed_at')) as
    { envelope: string; printedAt: Date | null } | undefined;
  return mailer ? { envelope: mailer.envelope, printedAt: iso(mailer.printedAt) } : null;
}
