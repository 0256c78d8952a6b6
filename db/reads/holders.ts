import type { Knex } from 'knex';

import type { Actor } from '../../domain/actor.ts';
import type { Extra } from '../../domain/holder.ts';
import { chosenPage, toPage, type PageQuery, type SortKey } from './keyset.ts';
import { iso } from './requests.ts';
import { withFields, type FieldChoice } from './field-filter.ts';
import { matching } from './search.ts';
import { notFound, ownership, visibleTo } from './visible-to.ts';

const newestFirst: SortKey = { column: 'holders.created_at', id: 'holders.id', type: 'timestamptz', direction: 'desc' };
// the expression that the trigram index is on
const searched = `lower(holders.given_name || ' ' || holders.family_name || ' ' || holders.tax_code)`;

export interface HolderFilter extends PageQuery {
  search?: string | undefined;
  fields?: readonly FieldChoice[] | undefined;
}

/** One page of the holders that the actor sees. */
export async function listHolders(knex: Knex, actor: Actor, filter: HolderFilter = {}) {
  const inUnits = knex('holders').join('units', 'units.id', 'holders.unit_id');
  const visible = visibleTo(inUnits, actor, 'holder.read', ownership('holders'));
  const choice = withFields(matching(visible, searched, filter.search), 'holders', filter.fields);
  const rows = (await chosenPage(holderRows(knex), { choices: [choice], key: newestFirst, page: filter })) as HolderRow[];
  return toPage(rows, filter, (row) => toHolder(row as HolderRow));
}

/** One holder; `not_found` when hidden. */
export async function holderDetail(knex: Knex, actor: Actor, id: string) {
  const query = visibleTo(holderRows(knex), actor, 'holder.read', ownership('holders'));
  const row = (await query.where('holders.id', id).first()) as HolderRow | undefined;
  if (!row) throw notFound();
  return toHolder(row);
}

const holderRows = (knex: Knex): Knex.QueryBuilder =>
  knex('holders')
    .join('units', 'units.id', 'holders.unit_id')
    .join('operators', 'operators.id', 'holders.registered_by')
    .select('holders.*', {
      unitName: 'units.name',
      registrarGivenName: 'operators.given_name',
      registrarFamilyName: 'operators.family_name',
    });

type HolderRow = Record<string, unknown>;

const toHolder = (h: HolderRow) => ({
  id: h.id as string,
  unit: { id: h.unitId as string, name: h.unitName as string },
  givenName: h.givenName as string,
  familyName: h.familyName as string,
  birthDate: h.birthDate as string,
  birthPlace: h.birthPlace as string,
  taxCode: h.taxCode as string,
  email: h.email as string,
  document: h.document as { kind: string; number: string; issuer: string; expiresOn: string },
  extra: h.extra as Extra,
  registeredBy: { id: h.registeredBy as string, name: `${String(h.registrarGivenName)} ${String(h.registrarFamilyName)}` },
  createdAt: iso(h.createdAt),
  updatedAt: iso(h.updatedAt),
  version: h.version as number,
});
