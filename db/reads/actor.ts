import type { Knex } from 'knex';

import type { Actor, Assignment, OperatorActor } from '../../domain/actor.ts';
import type { AuthenticationMethod } from '../../domain/authentication.ts';
import type { HolderId, OperatorId } from '../../domain/ids.ts';
import { separated, type SeparationRule } from '../../domain/separation.ts';
import { keptPrepared } from '../kept-prepared.ts';
import { unitInForce } from './units-in-force.ts';

export interface SignedIn {
  actor: Actor;
  accountId: string;
  locale: 'it' | 'en';
  /** When the session or key was used last, by what is written of it (once a minute). */
  lastSeenAt: Date;
  /** How the person behind the session proved who they are; empty for an API key. */
  methods: readonly AuthenticationMethod[];
  /** That they proved it within the last five minutes. */
  fresh: boolean;
}

interface AccountRow {
  sessionId: string;
  accountId: string;
  operatorId: OperatorId | null;
  holderId: HolderId | null;
  name: string;
  locale: 'it' | 'en';
  lastSeenAt: Date;
  methods: AuthenticationMethod[];
  fresh: boolean;
  assignments: Assignment[] | null;
  rules: SeparationRule[] | null;
}

/**
 * Who stands behind a session, made anew at every call: what was taken from an operator, or a unit that was closed, has no effect
 * from the next call on. Undefined when the session is over or the operator is off. One statement, as every call pays for it.
 */
export async function loadActor(knex: Knex, sessionIdHash: Buffer): Promise<SignedIn | undefined> {
  const account = (await knex('sessions')
    .join('accounts', 'accounts.id', 'sessions.account_id')
    .leftJoin('operators', 'operators.id', 'accounts.operator_id')
    .leftJoin('holders', 'holders.id', 'accounts.holder_id')
    .where('sessions.id_hash', sessionIdHash)
    .whereRaw(sessionInForce)
    .options(keptPrepared('session'))
    .first({
      sessionId: 'sessions.id',
      accountId: 'accounts.id',
      operatorId: 'accounts.operator_id',
      holderId: 'accounts.holder_id',
      name: knex.raw(`coalesce(operators.given_name || ' ' || operators.family_name, holders.given_name || ' ' || holders.family_name)`),
      locale: knex.raw(`coalesce(operators.locale, holders.locale)`),
      lastSeenAt: 'sessions.last_seen_at',
      methods: 'sessions.methods',
      fresh: knex.raw(`sessions.authenticated_at > now() - interval '5 minutes'`),
      assignments: knex.raw(assignmentsInForce),
      rules: knex.raw(rulesInForce),
    })) as AccountRow | undefined;
  if (!account) return undefined;
  const { accountId, locale, name, sessionId, lastSeenAt, methods, fresh } = account;
  const signedIn = { accountId, locale, lastSeenAt, methods, fresh };
  if (account.operatorId === null)
    return { ...signedIn, actor: { kind: 'holder', id: account.holderId as HolderId, name, via: 'session', sessionId } };
  return { ...signedIn, actor: { kind: 'operator', id: account.operatorId, name, ...dutiesOf(account), via: 'session', sessionId } };
}

/** Why an operator may not act now; null when they may. */
export const operatorCause = `case
  when operators.removed_at is not null then 'removed'
  when not operators.active then 'deactivated'
  when operators.valid_from > now() then 'not_yet'
  when operators.valid_until <= now() then 'ended'
end`;

/** An operator who may act now. */
export const operatorInForce = `((${operatorCause}) is null)`;

/** Why the assignment `a` in the unit `u` gives nothing now; null when it does. */
export const assignmentCause = `case
  when a.valid_from > now() then 'not_yet'
  when a.valid_until <= now() then 'ended'
  when not (${unitInForce('u')}) then 'unit_inactive'
end`;

/** A session that is good for something now: in time, used within half an hour, of somebody who may act. */
export const sessionInForce = `(sessions.expires_at > now() and sessions.last_seen_at > now() - interval '30 minutes'
  and (operators.id is null or ${operatorInForce}))`;

/** Assignments in force: in time, and with every unit up to the root open: outside of its window, or closed by hand, a unit gives nobody anything. */
export const assignmentsInForce = `(
  select json_agg(json_build_object('id', a.id, 'role', a.role, 'unitId', u.id, 'unitPath', u.path::text, 'visibility', a.visibility,
                                    'permissions', r.permissions, 'validUntil', a.valid_until) order by a.id)
  from assignments a join roles r on r.code = a.role join units u on u.id = a.unit_id
  where a.operator_id = operators.id and (${assignmentCause}) is null
)`;

/** Rules of separation that are on. */
export const rulesInForce = `(
  select json_agg(json_build_object('kind', kind, 'first', first, 'second', second) order by id) from separation_rules where active
)`;

/** What the assignments in force leave to an operator under the rules of separation. */
export function dutiesOf({ assignments, rules }: { assignments: Assignment[] | null; rules: SeparationRule[] | null }) {
  const { left, withheld } = separated(assignments ?? [], rules ?? []);
  return { assignments: left, withheld };
}

/** An operator as they may act now, without a session; undefined when they may not. For what was sent in their name and is carried out later. */
export async function loadOperator(knex: Knex, id: string): Promise<OperatorActor | undefined> {
  const row = (await knex('operators')
    .where({ id })
    .whereRaw(operatorInForce)
    .first({
      id: 'id',
      name: knex.raw(`given_name || ' ' || family_name`),
      assignments: knex.raw(assignmentsInForce),
      rules: knex.raw(rulesInForce),
    })) as (Pick<AccountRow, 'name' | 'assignments' | 'rules'> & { id: OperatorId }) | undefined;
  return row && { kind: 'operator', id: row.id, name: row.name, ...dutiesOf(row), via: 'session', sessionId: '' };
}
