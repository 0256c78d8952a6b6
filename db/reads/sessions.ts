import type { Knex } from 'knex';

import type { Actor } from '../../domain/actor.ts';
import { sessionInForce } from './actor.ts';
import { onePage, toPage, type PageQuery, type SortKey } from './keyset.ts';
import { notFound, visibleTo } from './visible-to.ts';

const newestFirst: SortKey = { column: 'sessions.created_at', id: 'sessions.id', type: 'timestamptz', direction: 'desc' };

/** One page of the live sessions of everybody whom the actor sees: operators with a task in a unit, holders registered there. */
export async function listSessions(knex: Knex, actor: Actor, page: PageQuery = {}) {
  const query = visibleSessions(knex, actor);
  return toPage((await onePage(query, newestFirst, page)) as SessionRow[], page, (row) => toSession(row as SessionRow, actor));
}

/** Throws `not_found` unless the actor sees the session. */
export async function assertSessionVisible(knex: Knex, actor: Actor, id: string): Promise<void> {
  if ((await visibleSessions(knex, actor).where('sessions.id', id).first()) === undefined) throw notFound();
}

/** The live sessions of one account, the latest used first. */
export async function sessionsOf(knex: Knex, actor: Actor, accountId: string) {
  const rows = (await sessionRows(knex).where('sessions.account_id', accountId).orderBy('sessions.last_seen_at', 'desc')) as SessionRow[];
  return rows.map((row) => toSession(row, actor));
}

function visibleSessions(knex: Knex, actor: Actor): Knex.QueryBuilder {
  const places = knex
    .select('units.path')
    .from('units')
    .where((either) => {
      void either
        .whereRaw('units.id = holders.unit_id')
        .orWhereRaw('units.id in (select unit_id from assignments where operator_id = accounts.operator_id)');
    });
  return sessionRows(knex).whereExists(visibleTo(places, actor, 'session.manage', { unitPath: 'units.path', registeredBy: null }));
}

const sessionRows = (knex: Knex): Knex.QueryBuilder =>
  knex('sessions')
    .join('accounts', 'accounts.id', 'sessions.account_id')
    .leftJoin('operators', 'operators.id', 'accounts.operator_id')
    .leftJoin('holders', 'holders.id', 'accounts.holder_id')
    .whereRaw(sessionInForce)
    .select('sessions.*', 'accounts.login', {
      kind: knex.raw(`case when operators.id is null then 'holder' else 'operator' end`),
      name: knex.raw(`coalesce(operators.given_name || ' ' || operators.family_name, holders.given_name || ' ' || holders.family_name)`),
    });

interface SessionRow extends Record<string, unknown> {
  id: string;
  createdAt: Date;
  lastSeenAt: Date;
  remoteAddress: string;
  userAgent: string;
  methods: string[];
  login: string;
  kind: string;
  name: string;
}

const toSession = (row: SessionRow, actor: Actor) => ({
  id: row.id,
  current: row.id === actor.sessionId,
  who: { kind: row.kind, name: row.name },
  login: row.login,
  createdAt: row.createdAt,
  lastSeenAt: row.lastSeenAt,
  address: row.remoteAddress,
  userAgent: row.userAgent,
  methods: row.methods,
});
