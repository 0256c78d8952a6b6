import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';

import { memoryAttempts } from '../../api/auth/attempts.ts';
import { mintKey } from '../../api/auth/api-key.ts';
import { sealWith } from '../../connectors/hsm/envelope.ts';
import { keyPermissions } from '../../domain/api-key.ts';
import type { Visibility } from '../../domain/actor.ts';
import type { RoleCode } from '../../domain/permissions.ts';
import { holder, operator, person, unit } from '../support/api-organisation.ts';
import { seedDevice, seedRequest } from '../support/api-records.ts';
import { dataKeyId, startApi, type TestApi } from '../support/api.ts';

/** Where things are, seen from the unit that the caller works in. */
export const places = ['above', 'here', 'below', 'beside', 'elsewhere'] as const;
export type Place = (typeof places)[number];

/** What access is about: rows that belong to a unit. */
export const kinds = [
  'holders',
  'requests',
  'devices',
  'certificates',
  'stations',
  'api_keys',
  'units',
  'audit_events',
  'operators',
  'assignments',
] as const;
export type Kind = (typeof kinds)[number];

/** One row, with all that decides who sees it; `mine` when the caller registered it. */
export interface Row {
  id: string;
  unitId: string;
  place: Place;
  mine: boolean;
}

/**
 * An organisation with two of everything in each place: one that the caller registered and one of somebody else. The caller is one operator with one
 * assignment, which changes from question to question, and holds an API key of the unit below.
 */
export interface World {
  api: TestApi;
  units: Record<Place, string>;
  rows: Record<Kind, Row[]>;
  holds: Map<string, string>;
  me: { id: string; session: string; key: string };
  /** An operator of each place, to be signed in. */
  people: Record<Place, { accountId: string; login: string }>;
  /** Somebody who signs in to the portal, and two devices: their own and another's. */
  holder: { session: string; own: string; foreign: string };
  /** Belongs to no unit. */
  reconciliationId: string;
  separationRuleId: string;
  sourceId: string;
  assume(role: RoleCode, visibility: Visibility): Promise<void>;
  /** All rows of a kind as they are now. */
  now(kind: Kind): Promise<Row[]>;
}

export async function buildWorld(): Promise<World> {
  const free = { points: 1e9, seconds: 60 };
  const api = await startApi({ attempts: memoryAttempts({ callsByKey: free }) });
  const db = api.database.operations;
  const units = await seedUnits(db, api.organisation.root);
  const me = await operator(db, { login: 'me', role: 'RO', unitId: units.here, visibility: 'own' });
  const other = await operator(db, { login: 'somebody', role: 'RO', unitId: api.organisation.office, visibility: 'own' });
  const world: World = {
    ...{ api, units, holds: new Map(), people: await seedPeople(db, units) },
    rows: Object.fromEntries(kinds.map((kind) => [kind, []])) as unknown as World['rows'],
    me: { id: me, session: await api.signIn('me'), key: await seedKey(db, { ownerId: me, unitId: units.below }) },
    holder: { session: await api.signIn('TH'), own: '', foreign: '' },
    reconciliationId: uuid(),
    separationRuleId: uuid(),
    sourceId: uuid(),
    assume: async (role, visibility) => {
      await db('assignments').where({ operatorId: me }).update({ role, visibility });
      await db('sessions').update({ authenticatedAt: db.fn.now() }); // however long the walk takes
    },
    now: (kind) => rowsNow(world, kind),
  };
  await db('data_keys').insert({ id: dataKeyId, purpose: 'codes', wrapped: Buffer.from('not read'), wrappingKey: 'none' });
  for (const place of places) for (const mine of [true, false]) await seedRows(world, { place, mine, by: mine ? me : other });
  await seedReconciliation(db, world.reconciliationId);
  await seedSource(db, world.sourceId);
  await seedPortal(world);
  await db('separation_rules').insert({ id: world.separationRuleId, kind: 'roles', first: 'RO', second: 'AO', shipped: true });
  await db('devices').update({ search: 'anna rossi' });
  return world;
}

async function seedUnits(db: Knex, above: string): Promise<Record<Place, string>> {
  const units = { above, here: uuid(), below: uuid(), beside: uuid(), elsewhere: uuid() };
  await unit(db, { id: units.here, kind: 'division', above: [above] });
  await unit(db, { id: units.below, kind: 'office', above: [above, units.here] });
  await unit(db, { id: units.beside, kind: 'division', above: [above] });
  await unit(db, { id: units.elsewhere, kind: 'office', above: [above, units.beside] });
  await db('units').update({ category: 'urban' }); // so that version 1 is an old one
  await db('units').where({ id: units.elsewhere }).update({ code: 'taken' });
  return units;
}

async function seedPeople(db: Knex, units: Record<Place, string>): Promise<World['people']> {
  const entries = places.map(async (place) => {
    const login = `works-${place}`;
    await operator(db, { login, role: 'HD', unitId: units[place], visibility: 'own' });
    const { id } = await db('accounts')
      .where({ login: `${login}@example.it` })
      .first<{ id: string }>('id');
    return [place, { accountId: id, login: `${login}@example.it` }] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as World['people'];
}

async function seedRows(
  { api, units, rows, holds }: World,
  { place, mine, by }: { place: Place; mine: boolean; by: string },
): Promise<void> {
  const { operations: db, audit } = api.database;
  const unitId = units[place];
  const { profileId } = api.organisation;
  const holderId = await holder(db, { unitId, registeredBy: by, data: person({ taxCode: `MATRIX-${String(mine)}` }) });
  const requestId = await seedRequest(db, { unitId, holderId, registeredBy: by, profileId, state: 'produced' });
  await db('requests').where({ id: requestId }).update({ waitingSince: new Date() });
  const { deviceId, certificateId, stationId } = await seedDevice(db, { requestId, state: 'active' });
  const [holdId, mailerId] = [uuid(), uuid()];
  await db('device_holds').insert({ id: holdId, deviceId, cause: 'absence', placedByKind: 'operator', placedBy: by });
  const ciphertext = sealWith(api.codeKey, Buffer.from('%PDF-1.7'), Buffer.from(`${mailerId}|pin_mailer`));
  await db('sealed_documents').insert({ id: mailerId, kind: 'pin_mailer', deviceId, envelope: mailerId, ciphertext, keyId: dataKeyId });
  const apiKeyId = uuid();
  await seedKey(db, { id: apiKeyId, ownerId: by, unitId });
  holds.set(deviceId, holdId);
  for (const [kind, id] of Object.entries({ holders: holderId, requests: requestId, devices: deviceId, certificates: certificateId })) {
    rows[kind as 'holders'].push({ id, unitId, place, mine });
  }
  rows.api_keys.push({ id: apiKeyId, unitId, place, mine });
  // Nobody registers a station, an operator, a unit or an event.
  rows.stations.push({ id: stationId, unitId, place, mine: false });
  if (!mine) return;
  const operatorId = await operator(db, { login: `of-${place}`, role: 'HD', unitId, visibility: 'own' });
  const assignment = await db('assignments').where({ operatorId }).first<{ id: string }>('id');
  rows.operators.push({ id: operatorId, unitId, place, mine: false });
  rows.assignments.push({ id: assignment.id, unitId, place, mine: false });
  rows.units.push({ id: unitId, unitId, place, mine: false });
  rows.audit_events.push({ id: await seedEvent(audit, await pathOf(db, unitId)), unitId, place, mine: false });
}

const pathOf = async (db: Knex, id: string): Promise<string> => (await db('units').where({ id }).first<{ path: string }>('path')).path;

async function seedEvent(audit: Knex, unitPath: string): Promise<string> {
  const seq = Number((await audit('audit_events').max<{ max: string | null }[]>('seq'))[0]?.max ?? 0) + 1;
  await audit('audit_events').insert({
    ...{ seq, source: uuid(), at: new Date(), actorKind: 'system', actorId: 'smartcms', objectType: 'requests', objectId: uuid() },
    ...{ operation: 'update', after: { unit_path: unitPath }, hash: Buffer.alloc(32) },
  });
  return String(seq);
}

/** With all that any key may carry: only what its owner has now, and its unit, narrow it. */
export async function seedKey(
  db: Knex,
  { id = uuid(), ownerId, unitId }: { id?: string; ownerId: string; unitId: string },
): Promise<string> {
  const { key, prefix, hash } = mintKey();
  const scope = { permissions: [...keyPermissions], networks: [], expiresAt: new Date(Date.now() + 86_400_000) };
  await db('api_keys').insert({ id, prefix, hash, operatorId: ownerId, unitId, name: 'Matrix', ...scope });
  return key;
}

const seedReconciliation = (db: Knex, id: string) =>
  db('reconciliations').insert({ id, askedByKind: 'system', askedBy: 'smartcms', complete: false, repair: false });

/** A directory that nobody reaches. */
export const nowhere = {
  kind: 'ldap',
  settings: { url: 'ldaps://127.0.0.1:1', baseDn: 'dc=x', loginAttributes: ['uid'], subjectAttribute: 'entryUUID' },
};

const seedSource = (db: Knex, id: string) =>
  db('identity_sources').insert({ id, name: 'Nowhere', ...nowhere, mapping: '[]', linksByEmail: false, enabled: false });

async function seedPortal(world: World): Promise<void> {
  const { api } = world;
  const { holderId, office, profileId, operators } = api.organisation;
  const of = { unitId: office, holderId, registeredBy: operators.RO, profileId, state: 'closed' };
  const requestId = await seedRequest(api.database.operations, of);
  const { deviceId } = await seedDevice(api.database.operations, { requestId, state: 'active' });
  Object.assign(world.holder, { own: deviceId, foreign: world.rows.devices[0]?.id });
}

/** Where a kind keeps the facts that decide: unit and registrar. */
const facts: Record<Exclude<Kind, 'audit_events'>, string> = {
  holders: 'select id, unit_id, registered_by from holders',
  requests: 'select id, unit_id, registered_by from requests',
  devices: 'select id, unit_id, registered_by from devices',
  certificates: 'select c.id, d.unit_id, d.registered_by from certificates c join devices d on d.id = c.device_id',
  stations: 'select id, unit_id, null as registered_by from stations',
  api_keys: 'select id, unit_id, operator_id as registered_by from api_keys',
  units: 'select id, id as unit_id, null as registered_by from units',
  operators: 'select operator_id as id, unit_id, null as registered_by from assignments',
  assignments: 'select id, unit_id, null as registered_by from assignments',
};

async function rowsNow({ api, rows, units, me }: World, kind: Kind): Promise<Row[]> {
  if (kind === 'audit_events') return rows.audit_events;
  const { rows: found } = await api.database.operations.raw<{ rows: { id: string; unit_id: string; registered_by: string | null }[] }>(
    facts[kind],
  );
  // Units of the organisation that came with the API are as far away as can be.
  const placeOf = (unitId: string) => places.find((place) => units[place] === unitId) ?? 'elsewhere';
  return found.map((row) => ({ id: row.id, unitId: row.unit_id, place: placeOf(row.unit_id), mine: row.registered_by === me.id }));
}
