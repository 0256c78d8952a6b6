import type { Knex } from 'knex';

import type { Actor } from '../../domain/actor.ts';
import type { FieldSet } from '../../domain/field-definition.ts';
import type { Extra, HolderData } from '../../domain/holder.ts';
import { chosenPage, eachState, toPage, type Page, type PageQuery, type SortKey } from './keyset.ts';
import { withFields, type FieldChoice } from './field-filter.ts';
import { matching } from './search.ts';
import { ownership, visibleTo } from './visible-to.ts';

export interface RequestFilter extends PageQuery {
  state?: string[] | undefined;
  unitId?: string | undefined;
  profileId?: string | undefined;
  holderId?: string | undefined;
  search?: string | undefined;
  fields?: readonly FieldChoice[] | undefined;
  from?: string | undefined;
  to?: string | undefined;
  sort?: '-createdAt' | 'createdAt' | '-updatedAt' | 'number' | undefined;
}

const sorts: Record<NonNullable<RequestFilter['sort']>, SortKey> = {
  '-createdAt': { column: 'requests.created_at', id: 'requests.id', type: 'timestamptz', direction: 'desc' },
  createdAt: { column: 'requests.created_at', id: 'requests.id', type: 'timestamptz', direction: 'asc' },
  '-updatedAt': { column: 'requests.updated_at', id: 'requests.id', type: 'timestamptz', direction: 'desc' },
  number: { column: 'requests.number', id: 'requests.id', type: 'text', direction: 'asc' },
};

/** One page of the requests that the actor sees. */
export async function listRequests(knex: Knex, actor: Actor, filter: RequestFilter = {}) {
  const choices = eachState(filter.state).map((state) => chosen(knex, actor, { ...filter, state }));
  const key = sorts[filter.sort ?? '-createdAt'];
  const rows = (await chosenPage(requestRows(knex), { choices, key, page: filter })) as RequestRow[];
  return toPage(rows, filter, (row) => toSummary(row as RequestRow)) satisfies Page<RequestSummary>;
}

function chosen(knex: Knex, actor: Actor, filter: Omit<RequestFilter, 'state'> & { state: string | undefined }): Knex.QueryBuilder {
  const query = visibleTo(knex('requests'), actor, 'request.read', ownership('requests'));
  if (filter.state) void query.where('requests.state', filter.state);
  if (filter.unitId) void query.where('requests.unit_id', filter.unitId);
  if (filter.profileId) void query.where('requests.profile_id', filter.profileId);
  if (filter.holderId) void query.where('requests.holder_id', filter.holderId);
  if (filter.from) void query.where('requests.created_at', '>=', filter.from);
  if (filter.to) void query.where('requests.created_at', '<', filter.to);
  return withFields(matching(query, 'requests.search', filter.search), 'requests', filter.fields);
}

/** Nothing but what a list shows of a request: data, approval and profile are big, and there are fifty of each. */
export const requestRows = (knex: Knex): Knex.QueryBuilder =>
  knex('requests')
    .join('units', 'units.id', 'requests.unit_id')
    .join('device_profiles', 'device_profiles.id', 'requests.profile_id')
    .join('operators', 'operators.id', 'requests.registered_by')
    .leftJoin('devices', 'devices.id', 'requests.device_id')
    .select(ofRequest)
    .select({
      holderName: knex.raw(`(requests.data ->> 'givenName') || ' ' || (requests.data ->> 'familyName')`),
      fields: knex.raw(`coalesce(requests.data -> 'extra', '{}') || requests.extra`),
      unitName: 'units.name',
      nameEn: 'device_profiles.name_en',
      nameIt: 'device_profiles.name_it',
      registrarGivenName: 'operators.given_name',
      registrarFamilyName: 'operators.family_name',
      deviceSerial: 'devices.serial',
    });

const ofRequest = [
  ...['id', 'number', 'unit_id', 'holder_id', 'profile_id', 'model', 'state', 'waits_for', 'waiting_since', 'created_at', 'produced_at'],
  ...['registered_by', 'reference', 'version'],
].map((column) => `requests.${column}`);

export interface RequestRow extends Record<string, unknown> {
  id: string;
  number: string;
  unitId: string;
  unitName: string;
  holderId: string;
  holderName: string;
  profileId: string;
  state: string;
  registeredBy: string;
}

/** A request as its own page needs it. */
export interface WholeRequestRow extends RequestRow {
  unitPath: string;
  data: HolderData;
  extra: Extra;
  definitions: FieldSet;
  deviceId: string | null;
}

export type RequestSummary = ReturnType<typeof toSummary>;

export const toSummary = (r: RequestRow) => ({
  id: r.id,
  number: r.number,
  unit: { id: r.unitId, name: r.unitName },
  holder: { id: r.holderId, name: r.holderName },
  profile: { id: r.profileId, name: { en: r.nameEn as string, it: r.nameIt as string } },
  model: r.model as string,
  state: r.state,
  waitsFor: r.waitsFor as string | null,
  waitingSince: iso(r.waitingSince),
  createdAt: (r.createdAt as Date).toISOString(),
  producedAt: iso(r.producedAt),
  registeredBy: { id: r.registeredBy, name: `${String(r.registrarGivenName)} ${String(r.registrarFamilyName)}` },
  reference: r.reference as string | null,
  deviceSerial: r.deviceSerial as string | null,
  fields: r.fields as Extra,
  version: r.version as number,
});

/** A time of a row as it leaves: ISO 8601, UTC. */
export const iso = (time: unknown): string | null => (time instanceof Date ? time.toISOString() : null);
