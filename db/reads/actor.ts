import type { Knex } from 'knex';

import type { Actor, Assignment } from '../../domain/actor.ts';
import type { HolderId, OperatorId, UnitId } from '../../domain/ids.ts';
import type { Permission } from '../../domain/permissions.ts';

export interface SignedIn {
  actor: Actor;
  accountId: string;
  locale: 'it' | 'en';
}

interface AccountRow {
  sessionId: string;
  accountId: string;
  operatorId: OperatorId | null;
  holderId: HolderId | null;
  name: string;
  locale: 'it' | 'en';
}

/**
 * Who stands behind a session, made anew at every call: what was taken from an operator, or a unit that was closed, has no effect
 * from the next call on. Undefined when the session is over or the operator is off.
 */
export async function loadActor(knex: Knex, sessionIdHash: Buffer, idleMinutes = 30): Promise<SignedIn | undefined> {
  const account = (await knex('sessions')
    .join('accounts', 'accounts.id', 'sessions.account_id')
    .leftJoin('operators', 'operators.id', 'accounts.operator_id')
    .leftJoin('holders', 'holders.id', 'accounts.holder_id')
    .where('sessions.id_hash', sessionIdHash)
    .where('sessions.expires_at', '>', knex.fn.now())
    .whereRaw(`sessions.last_seen_at > now() - make_interval(mins => ?)`, [idleMinutes])
    .whereRaw(`(operators.id is null or (operators.active and (operators.valid_until is null or operators.valid_until > now())))`)
    .first({
      sessionId: 'sessions.id',
      accountId: 'accounts.id',
      operatorId: 'accounts.operator_id',
      holderId: 'accounts.holder_id',
      name: knex.raw(`coalesce(operators.given_name || ' ' || operators.family_name, holders.given_name || ' ' || holders.family_name)`),
      locale: knex.raw(`coalesce(operators.locale, holders.locale)`),
    })) as AccountRow | undefined;
  if (!account) return undefined;
  const { accountId, locale, name, sessionId } = account;
  if (account.operatorId === null) {
    return { accountId, locale, actor: { kind: 'holder', id: account.holderId as HolderId, name, via: 'session', sessionId } };
  }
  const assignments = await assignmentsOf(knex, account.operatorId);
  return { accountId, locale, actor: { kind: 'operator', id: account.operatorId, name, assignments, via: 'session', sessionId } };
}

/** Assignments in force: in time, and with every unit up to the root active. */
async function assignmentsOf(knex: Knex, operatorId: string): Promise<Assignment[]> {
  const rows = (await knex('assignments')
    .join('roles', 'roles.code', 'assignments.role')
    .join('units', 'units.id', 'assignments.unit_id')
    .where('assignments.operator_id', operatorId)
    .where('assignments.valid_from', '<=', knex.fn.now())
    .whereRaw('(assignments.valid_until is null or assignments.valid_until > now())')
    .whereRaw('not exists (select from units up where up.path @> units.path and not up.active)')
    .orderBy('assignments.id')
    .select({
      id: 'assignments.id',
      role: 'assignments.role',
      unitId: 'units.id',
      unitPath: 'units.path',
      visibility: 'assignments.visibility',
      permissions: 'roles.permissions',
    })) as {
    id: string;
    role: string;
    unitId: UnitId;
    unitPath: string;
    visibility: Assignment['visibility'];
    permissions: Permission[];
  }[];
  return rows;
}
