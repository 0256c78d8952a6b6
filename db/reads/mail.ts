import type { Knex } from 'knex';

import { keptPrepared } from '../kept-prepared.ts';
import { codeEmailSql } from '../stores/request-for-work.ts';
import { iso } from './requests.ts';

export type MailTrouble = Awaited<ReturnType<typeof mailTroubleOf>>;

/** The newest mail of a request, if it did not arrive: its address is refused, or the server does not take it and it is tried again. */
export async function mailTroubleOf(knex: Knex, requestId: string) {
  const mail = (await knex('mail_outbox as m')
    .join('holders as h', 'h.id', 'm.holder_id')
    .join('requests as r', 'r.id', 'm.request_id')
    .where('m.request_id', requestId)
    .orderBy('m.created_at', 'desc')
    .options(keptPrepared('mail_trouble'))
    .first(...mailColumns, 'h.email', knex.raw(`${codeEmailSql} as code_email`))) as MailRow | undefined;
  if (!mail || mail.state === 'sent' || (mail.problem !== 'address_refused' && mail.problem !== 'server')) return null;
  return {
    problem: mail.problem,
    withCode: mail.template === 'activation-code',
    to: mail.template === 'activation-code' ? mail.codeEmail : mail.email,
    since: iso(mail.createdAt) ?? '',
    nextAttemptAt: mail.state === 'queued' ? iso(mail.nextAttemptAt) : null,
  };
}

const mailColumns = ['m.state', 'm.problem', 'm.template', 'm.created_at', 'm.next_attempt_at'];

interface MailRow {
  state: string;
  problem: string | null;
  template: string;
  /** Of the holder, now. */
  email: string;
  codeEmail: string;
  createdAt: Date;
  nextAttemptAt: Date;
}

/** The mail server, as the mails tell it that wait for it: how many, since when. */
export async function mailService(knex: Knex): Promise<{ name: 'mail'; state: 'ok' | 'down'; detail: string; waiting: number }> {
  const { rows } = await knex.raw<{ rows: { waiting: number; since: Date | null }[] }>(
    `select count(*)::int as waiting, min(created_at) as since from mail_outbox where state = 'queued' and problem = 'server'`,
  );
  const { waiting = 0, since } = rows[0] ?? {};
  if (!waiting || !since) return { name: 'mail', state: 'ok', detail: 'no mail waits', waiting: 0 };
  return { name: 'mail', state: 'down', detail: `${waiting} mail(s) wait, the oldest since ${since.toISOString()}`, waiting };
}
