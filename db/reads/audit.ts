import type { Knex } from 'knex';

import type { Actor } from '../../domain/actor.ts';
import { onePage, toPage, type PageQuery, type SortKey } from './keyset.ts';
import { iso } from './requests.ts';
import { escapeLike } from './search.ts';
import { visibleTo } from './visible-to.ts';

export interface AuditFilter extends PageQuery {
  from?: string | undefined;
  to?: string | undefined;
  objectType?: string | undefined;
  objectId?: string | undefined;
  operation?: string | undefined;
  actorId?: string | undefined;
  search?: string | undefined;
}

const anyImage = '(e.before::text ilike :needle or e.after::text ilike :needle or e.detail::text ilike :needle)';
const newestFirst: SortKey = { column: 'e.seq', id: 'e.source', type: 'bigint', direction: 'desc' };

/** One page of the audit trail, newest first. Events of no unit are seen with visibility `all` only. */
export async function auditEvents({ audit, operations }: { audit: Knex; operations: Knex }, actor: Actor, filter: AuditFilter = {}) {
  // the path is text in the trail, as the row had it
  const events = audit.raw('(select *, unit_path::ltree as unit_ltree from audit_events) as e');
  const sealed = audit.raw('e.seq <= coalesce((select max(s.seq) from audit_seals s), 0)');
  const query = audit.from(events).select('e.*', { sealed });
  const shown = visibleTo(query, actor, 'audit.read', { unitPath: 'e.unit_ltree', registeredBy: null });
  if (filter.from) void shown.where('e.at', '>=', filter.from);
  if (filter.to) void shown.where('e.at', '<', filter.to);
  if (filter.objectType) void shown.where('e.object_type', filter.objectType);
  if (filter.objectId) void shown.where('e.object_id', filter.objectId);
  if (filter.operation) void shown.where('e.operation', filter.operation);
  if (filter.actorId) void shown.where('e.actor_id', filter.actorId);
  if (filter.search) void shown.whereRaw(anyImage, { needle: `%${escapeLike(filter.search)}%` });
  const rows = (await onePage(shown, newestFirst, filter)) as EventRow[];
  const names = await namesOf(operations, rows);
  return toPage(rows, filter, (row) => toEvent(row as EventRow, names));
}

interface EventRow extends Record<string, unknown> {
  actorKind: string;
  actorId: string;
}

const toEvent = (e: EventRow, names: Map<string, string>) => ({
  seq: e.seq as number,
  at: iso(e.at),
  actor: { kind: e.actorKind, id: e.actorId, name: names.get(e.actorId) ?? e.actorId },
  objectType: e.objectType as string,
  objectId: e.objectId as string | null,
  operation: e.operation as string,
  before: e.before as Record<string, unknown> | null,
  after: e.after as Record<string, unknown> | null,
  detail: e.detail as Record<string, unknown> | null,
  sealed: e.sealed as boolean,
});

/** The trail holds ids; who they are today is asked of the operations database. */
async function namesOf(operations: Knex, rows: EventRow[]): Promise<Map<string, string>> {
  const ids = (kind: string) => [...new Set(rows.filter((r) => r.actorKind === kind).map((r) => r.actorId))];
  const find = async (table: string, kind: string) =>
    (await operations(table).whereIn('id', ids(kind)).select('id', 'given_name', 'family_name')) as {
      id: string;
      givenName: string;
      familyName: string;
    }[];
  const people = [...(await find('operators', 'operator')), ...(await find('holders', 'holder'))];
  return new Map(people.map((p) => [p.id, `${p.givenName} ${p.familyName}`]));
}
