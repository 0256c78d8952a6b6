import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuid } from 'uuid';

import { currentFields } from '../db/reads/fields.ts';
import { insertHolder } from '../db/stores/holders.ts';
import type { FieldDefinition } from '../domain/field-definition.ts';
import { taxCodeCheckCharacter } from '../domain/tax-code.ts';
import { person } from '../test/support/api-organisation.ts';
import { startApi, type ApiAnswer, type TestApi } from '../test/support/api.ts';

let api: TestApi;
let [sa, ro]: string[] = [];
beforeAll(async () => {
  api = await startApi();
  [sa, ro] = [await api.signIn('SA'), await api.signIn('RO')];
});
afterAll(() => api.close());

const everywhere = { form: true, list: true, filter: true, csv: true, report: true };
const field = (code: string, changes: Partial<FieldDefinition> = {}) => ({
  ...{ code, subject: 'holder', type: 'text', label: { en: code, it: code }, visible: everywhere },
  ...changes,
});
const get = async <T>(path: string, as = ro): Promise<T> => (await api.call('GET', path, { as: as ?? '' })).body as T;
/** Makes these the fields of the installation. */
async function define(...fields: unknown[]): Promise<ApiAnswer> {
  const { version } = await get<{ version: number }>('/api/fields', sa);
  return put(version, { groups: [], fields });
}
const put = (version: number, body: unknown, as = sa) =>
  api.call('PUT', '/api/fields', { as: as ?? '', body, headers: { 'If-Match': `"${version}"` } });

let people = 0;
/** Somebody new, with these values. */
const somebody = (extra: Record<string, string | number> = {}) => {
  const first15 = `RSSMRA85T10A${String(++people).padStart(3, '0')}`;
  return person({ taxCode: first15 + taxCodeCheckCharacter(first15), extra });
};
const post = (path: string, body: unknown) => api.call('POST', path, { as: ro ?? '', body });
const register = (extra: Record<string, string | number>) => post('/api/holders', { ...somebody(extra), unitId: api.organisation.office });
const request = (extra: Record<string, string | number>, own: Record<string, string | number> = {}) =>
  post('/api/requests', {
    holder: somebody(extra),
    extra: own,
    unitId: api.organisation.office,
    profileId: api.organisation.profileId,
  });

test('a field is asked for, kept, listed and found at once', async () => {
  expect(
    await define(field('department', { required: true }), field('grade', { type: 'number', visible: { ...everywhere, list: false } })),
  ).toMatchObject({
    status: 200,
    body: { version: 1 },
  });
  const without = await register({ grade: 'high' });
  expect(without).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
  expect(without.body.errors).toEqual([
    { pointer: '/extra/department', message: 'Write something here' },
    { pointer: '/extra/grade', message: 'Write a number' },
  ]);
  expect((await register({ department: 'IT', unknown: 'x' })).body.errors).toEqual([
    { pointer: '/extra/unknown', message: 'This field is not known here' },
  ]);
  const { status, body } = await register({ department: ' IT ', grade: '3' });
  expect({ status, body }).toMatchObject({ status: 201, body: { extra: { department: 'IT', grade: 3 } } });
  const found = await get<{ items: unknown[] }>('/api/holders?field=department:it&field=grade:3.0');
  expect(found.items).toMatchObject([{ id: body.id, extra: { department: 'IT' } }]);
  expect(found.items).not.toMatchObject([{ extra: { grade: 3 } }]);
  expect((await get<{ items: unknown[] }>('/api/holders?field=department:HR')).items).toEqual([]);
  expect(await api.call('GET', '/api/holders?field=secret:x', { as: ro ?? '' })).toMatchObject({ status: 400 });
});

test('the served document describes the fields of this installation', async () => {
  await define(field('department', { required: true, pattern: '[A-Z]+' }), field('badge', { subject: 'request', type: 'date' }));
  const { components } = await get<{ components: { schemas: Record<string, unknown> } }>('/api/openapi.json');
  expect(components.schemas).toMatchObject({
    HolderFields: {
      properties: { department: { title: 'department', type: 'string', pattern: '^(?:[A-Z]+)$' } },
      required: ['department'],
      additionalProperties: false,
    },
    RequestFields: { properties: { badge: { type: 'string', format: 'date' } } },
  });
});

test('a request keeps the definitions that it was made with, and is corrected by them', async () => {
  await define(field('desk'), field('budget', { subject: 'request', required: true }));
  expect((await request({ desk: 'A1' })).body.errors).toEqual([{ pointer: '/extra/budget', message: 'Write something here' }]);
  const made = await request({ desk: 'A1' }, { budget: 'B7' });
  expect(made).toMatchObject({ status: 201, body: { data: { extra: { desk: 'A1' } }, extra: { budget: 'B7' } } });
  const { id, data } = made.body;
  await define(field('floor', { required: true }));
  const shown = await get<{ fieldSet: { fields: { code: string }[] }; version: number }>(`/api/requests/${id}`);
  expect(shown.fieldSet.fields.map((f) => f.code)).toEqual(['desk', 'budget']);
  const amend = (extra: Record<string, string>, own: Record<string, string>) =>
    api.call('POST', `/api/requests/${id}/amendments`, {
      as: ro ?? '',
      body: { data: { ...data, extra }, extra: own, reason: 'Moved' },
      headers: { 'If-Match': `"${shown.version}"` },
    });
  expect((await amend({ floor: '2' }, { budget: 'B7' })).body.errors).toEqual([
    { pointer: '/data/extra/floor', message: 'This field is not known here' },
  ]);
  const amended = await amend({ desk: 'A2' }, { budget: 'B8' });
  expect(amended).toMatchObject({ status: 200, body: { data: { extra: { desk: 'A2' } }, extra: { budget: 'B8' } } });
});

test('an edit by other definitions loses no value', async () => {
  await define(field('desk'));
  const { body } = await register({ desk: 'A9' });
  await define(field('floor'));
  const edit = { ...somebody({ floor: '3' }), taxCode: (body as unknown as { taxCode: string }).taxCode };
  const patch = (version: number, data: unknown) =>
    api.call('PATCH', `/api/holders/${body.id}`, { as: ro ?? '', body: data, headers: { 'If-Match': `"${version}"` } });
  expect((await patch(1, edit)).body).toMatchObject({ extra: { floor: '3' } });
  await define(field('desk'), field('floor'), field('late', { required: true }));
  expect((await get<{ extra: unknown }>(`/api/holders/${body.id}`)).extra).toEqual({ desk: 'A9', floor: '3' });
  const { extra: _, ...withoutFields } = edit;
  expect(await patch(2, { ...withoutFields, givenName: 'Bruna' })).toMatchObject({
    status: 200,
    body: { givenName: 'Bruna', extra: { desk: 'A9', floor: '3' } },
  });
  expect((await patch(3, { ...edit, extra: { floor: '4' } })).body.errors).toEqual([
    { pointer: '/extra/late', message: 'Write something here' },
  ]);
});

test('a list of requests is filtered by the fields of the person and of the request', async () => {
  await define(field('team'), field('project', { subject: 'request' }));
  const { id } = (await request({ team: 'Rosso' }, { project: 'Ponte: nord' })).body;
  const ids = async (query: string) => (await get<{ items: { id: string }[] }>(`/api/requests?${query}`)).items.map((r) => r.id);
  expect(await ids('field=team:ROSSO')).toEqual([id]);
  expect(await ids(`field=team:rosso&field=${encodeURIComponent('project:ponte: nord')}`)).toEqual([id]);
  expect(await ids('field=team:rosso&field=project:sud')).toEqual([]);
  expect(await get('/api/requests?field=team:rosso')).toMatchObject({ items: [{ fields: { team: 'Rosso', project: 'Ponte: nord' } }] });
});

test('of two who register the same unique value at once, the second waits for the first and is refused', async () => {
  await define(field('plate', { unique: true }));
  const db = api.database.operations;
  const fields = await currentFields(db);
  const by = { kind: 'operator', id: api.organisation.operators.RO } as const;
  const first = await db.transaction();
  await insertHolder(first, by, { id: uuid(), unitId: api.organisation.office, data: somebody({ plate: 'AB 7' }), fields });
  const second = register({ plate: 'ab 7' });
  const waiting = () => db('pg_stat_activity').whereRaw(`datname = current_database() and wait_event = 'advisory'`).pluck('pid');
  await expect.poll(waiting).toHaveLength(1);
  await first.commit();
  expect(await second).toMatchObject({ status: 409, body: { errors: [{ pointer: '/extra/plate', message: 'In use already' }] } });
});

test('definitions are changed under their version, by administrators only, and a code keeps its type', async () => {
  const { version } = (await define(field('color'))).body;
  expect(await put(version - 1, { groups: [], fields: [] })).toMatchObject({ status: 412 });
  expect(await put(version, { groups: [], fields: [] }, ro)).toMatchObject({ status: 403 });
  expect((await put(version, { groups: [], fields: [field('color', { type: 'date' })] })).body.errors).toMatchObject([
    { pointer: '/fields/0/code' },
  ]);
  const [one, other] = await Promise.all([0, 1].map(() => put(version, { groups: [], fields: [] })));
  expect([one?.status, other?.status].sort()).toEqual([200, 412]);
  const history = await get<{ items: { version: number; by: string; codes: string[] }[] }>('/api/fields/history', sa);
  expect(history.items.slice(0, 2)).toMatchObject([
    { version: version + 1, by: 'SA Operator', codes: [] },
    { version, codes: ['color'] },
  ]);
  const events = await api.database.operations('audit_outbox').where({ objectType: 'field_sets', objectId: String(version) });
  expect(events).toMatchObject([{ operation: 'insert', actorId: api.organisation.operators.SA }]);
});

test('a person who is chosen keeps their values in the request', async () => {
  await define(field('room'));
  const { id } = (await register({ room: '101' })).body;
  const { office: unitId, profileId } = api.organisation;
  const made = await post('/api/requests', { holderId: id, unitId, profileId, reference: uuid() });
  expect(made).toMatchObject({ status: 201, body: { data: { extra: { room: '101' } } } });
});
