import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { operator, password } from '../test/support/api-organisation.ts';
import { cookieOf, startApi, type ApiAnswer, type TestApi } from '../test/support/api.ts';
import { groups, people, personPassword, service, testDirectory, type TestDirectory } from '../test/support/slapd.ts';

let api: TestApi;
let directory: TestDirectory;
let sa: string;
beforeAll(async () => {
  [api, directory] = await Promise.all([startApi(), testDirectory()]);
  sa = await api.signIn('SA');
  await directory.group('officers', []);
});
afterAll(() => Promise.all([api.close(), directory.close()]));

const db = () => api.database.operations;
const officer = () => ({ group: `CN=officers, ${groups}`, role: 'RO', unitId: api.organisation.office, visibility: 'office' });

const source = (changes: Record<string, unknown> = {}, settings: Record<string, unknown> = {}) => ({
  ...{ name: `Directory ${uuid()}`, kind: 'ldap', secret: service.password, enabled: true, mapping: [officer()] },
  settings: {
    ...{ url: directory.ldapsUrl, ca: directory.ca, bindDn: service.dn, baseDn: people },
    ...{ loginAttributes: ['uid', 'mail'], subjectAttribute: 'entryUUID', ...settings },
  },
  ...changes,
});

/** The only source that is on; its id. */
async function only(changes: Record<string, unknown> = {}, settings: Record<string, unknown> = {}): Promise<string> {
  await db()('identity_sources').update({ enabled: false });
  const answer = await api.call('POST', '/api/sign-in-sources', { as: sa, body: source(changes, settings) });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

const enter = (login: string, given = personPassword): Promise<ApiAnswer> =>
  api.call('POST', '/api/session', { body: { login, password: given } });
const me = async (answer: ApiAnswer) => (await api.call('GET', '/api/me', { as: cookieOf(answer) })).body;
const refused = { status: 401, body: { code: 'sign_in_failed' } };
const rolesOf = (id: string) =>
  db()('assignments')
    .where({ operatorId: id })
    .whereRaw('(valid_until is null or valid_until > now())')
    .orderBy('role')
    .select('role', 'visibility', 'identity_source_id');

test('a person of the directory signs in, gets account and roles at the first time and keeps the account', async () => {
  const sourceId = await only();
  const dn = await directory.person('elena');
  await directory.group('officers', ['elena']);
  const first = await enter('elena');
  expect(first.status).toBe(200);
  expect(await me(first)).toMatchObject({ kind: 'operator', name: 'Elena Marchetti' });
  expect(await rolesOf(first.body.id)).toEqual([{ role: 'RO', visibility: 'office', identitySourceId: sourceId }]);
  for (const login of ['ELENA', 'elena@example.it']) expect((await enter(login)).body.id).toBe(first.body.id);
  expect(await enter('elena', 'another')).toMatchObject(refused);
  await directory.remove(dn);
  expect(await enter('elena')).toMatchObject(refused);
});

test('what the groups give begins and ends with the next sign-in; what an administrator gave stays', async () => {
  const sourceId = await only({ mapping: [officer(), { ...officer(), group: `cn=desk,${groups}`, role: 'HD', visibility: 'own' }] });
  await directory.person('carla');
  await directory.group('officers', ['carla']);
  await directory.group('desk', ['carla']);
  const { id } = (await enter('carla')).body;
  const manual = { id: uuid(), operatorId: id, role: 'BO', unitId: api.organisation.office, visibility: 'office' };
  await db()('assignments').insert(manual);
  const given = (role: string, visibility: string) => ({ role, visibility, identitySourceId: sourceId });
  const byHand = { role: 'BO', visibility: 'office', identitySourceId: null };
  expect(await rolesOf(id)).toEqual([byHand, given('HD', 'own'), given('RO', 'office')]);
  await directory.group('officers', []);
  await enter('carla');
  expect(await rolesOf(id)).toEqual([byHand, given('HD', 'own')]);
  await directory.group('officers', ['carla']);
  await directory.group('desk', []);
  await enter('carla');
  expect(await rolesOf(id)).toEqual([byHand, given('RO', 'office')]);
  const events = await db()('audit_outbox').where({ objectType: 'assignments' }).count<{ count: string }[]>();
  await enter('carla');
  expect(await db()('audit_outbox').where({ objectType: 'assignments' }).count()).toEqual(events);
});

test('whoever is in no group with a role is refused, makes no account, and loses what a group gave', async () => {
  await only();
  await directory.person('dario');
  const none = { status: 403, body: { code: 'source_refused' } };
  expect(await enter('dario')).toMatchObject(none);
  expect(await db()('operators').where({ email: 'dario@example.it' })).toEqual([]);
  await directory.group('officers', ['dario']);
  const { id } = (await enter('dario')).body;
  await directory.group('officers', []);
  expect(await enter('dario')).toMatchObject(none);
  expect(await rolesOf(id)).toEqual([]);
});

test('an operator who is switched off here does not sign in through a directory', async () => {
  await only();
  await directory.person('fabio');
  await directory.group('officers', ['fabio']);
  const { id } = (await enter('fabio')).body;
  await db()('operators').where({ id }).update({ active: false });
  expect(await enter('fabio')).toMatchObject({ status: 403, body: { code: 'source_refused' } });
});

test('an operator who is here already is linked by e-mail only where the source may, and their password counts no more', async () => {
  const login = 'giulia';
  const id = await operator(db(), { login, role: 'BO', unitId: api.organisation.office, visibility: 'office' });
  await directory.person(login);
  await directory.group('officers', [login]);
  await only();
  expect(await enter(login)).toMatchObject({ status: 403, body: { code: 'source_refused' } });
  expect((await enter(`${login}@example.it`, password)).body.id).toBe(id);
  const sourceId = await only({ linksByEmail: true });
  expect((await enter(login)).body.id).toBe(id);
  expect((await rolesOf(id)).map(({ role }: { role: string }) => role)).toEqual(['BO', 'RO']);
  expect(await enter(`${login}@example.it`, password)).toMatchObject(refused);
  await db()('identity_sources').where({ id: sourceId }).update({ enabled: false });
  expect(await enter(login)).toMatchObject(refused);
});

test('an operator who has no password yet is linked also by the e-mail address as user name', async () => {
  const id = await operator(db(), { login: 'olga', role: 'BO', unitId: api.organisation.office, visibility: 'office' });
  await db()('accounts').where({ operatorId: id }).update({ passwordHash: null });
  await directory.person('olga');
  await only({ linksByEmail: true });
  expect((await enter('olga@example.it')).body.id).toBe(id);
});

test('another person with the address of somebody who belongs to the source is not them', async () => {
  await only({ linksByEmail: true });
  await directory.person('ivo');
  await directory.group('officers', ['ivo', 'ivo2']);
  expect((await enter('ivo')).status).toBe(200);
  await directory.person('ivo2', { mail: 'ivo@example.it' });
  expect(await enter('ivo2')).toMatchObject({ status: 403, body: { code: 'source_refused' } });
});

test('several first sign-ins of one person at once make one account', async () => {
  await only();
  await directory.person('lia');
  await directory.group('officers', ['lia']);
  const answers = await Promise.all(Array.from({ length: 5 }, () => enter('lia')));
  expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
});

test('while the directory is away that is said, and accounts of our own work', async () => {
  await only({}, { url: 'ldaps://127.0.0.1:1' });
  expect(await enter('elena')).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  expect((await enter('RO@example.it', password)).status).toBe(200);
  expect(await enter('RO@example.it', 'wrong')).toMatchObject(refused);
});

test('an administrator tries a source that is off, hears what is wrong, and signs nobody in', async () => {
  const id = await only({ enabled: false });
  await directory.person('mara');
  await directory.group('officers', ['mara']);
  const attempt = async (body: object) => (await api.call('POST', `/api/sign-in-sources/${id}/try`, { as: sa, body })).body;
  expect(await attempt({})).toEqual({ works: true, problem: null, person: null });
  expect(await attempt({ login: 'mara', password: personPassword })).toEqual({
    ...{ works: true, problem: null },
    person: {
      ...{ name: 'Elena Marchetti', email: 'mara@example.it', groups: [`cn=officers,${groups}`] },
      roles: [{ role: 'RO', unitId: api.organisation.office, visibility: 'office' }],
    },
  });
  expect(await attempt({ login: 'mara', password: 'no' })).toMatchObject({ works: false, person: null });
  expect(await db()('operators').where({ email: 'mara@example.it' })).toEqual([]);
  const wrong = await only({ enabled: false, secret: 'wrong' });
  const verdict = (await api.call('POST', `/api/sign-in-sources/${wrong}/try`, { as: sa, body: {} })).body;
  expect(verdict).toMatchObject({ works: false, problem: expect.stringContaining(service.dn) as string });
});

test('the secret is kept encrypted, never shown, not even to the audit, and stays when the source is changed', async () => {
  const id = await only({ enabled: false });
  const shown = await api.call('GET', `/api/sign-in-sources/${id}`, { as: sa });
  expect(shown.body).toMatchObject({ hasSecret: true });
  const rows = await db().raw<{ rows: { all: string }[] }>(
    `select string_agg(t::text, ' ') as all from (select to_jsonb(s) as t from identity_sources s union all select to_jsonb(a) from audit_outbox a) x`,
  );
  for (const text of [shown.text, rows.rows[0]?.all ?? ''])
    for (const encoding of ['utf8', 'hex', 'base64'] as const) expect(text).not.toContain(Buffer.from(service.password).toString(encoding));
  const { secret: _, ...rest } = source({ name: 'Renamed' });
  const put = (version: number, body: object) =>
    api.call('PUT', `/api/sign-in-sources/${id}`, { as: sa, headers: { 'If-Match': `"${version}"` }, body });
  expect((await put(shown.body.version, rest)).body).toMatchObject({ name: 'Renamed', hasSecret: true });
  expect((await api.call('POST', `/api/sign-in-sources/${id}/try`, { as: sa, body: {} })).body).toMatchObject({ works: true });
  expect(await put(shown.body.version, rest)).toMatchObject({ status: 412 });
  expect((await put(shown.body.version + 1, { ...rest, secret: null })).body).toMatchObject({ hasSecret: false });
});

test('nobody maps groups to roles beyond their own, nor from one unit', async () => {
  const { office, otherOffice } = api.organisation;
  await db()('roles').insert({ code: 'IT', nameEn: 'IT', nameIt: 'IT', permissions: ['signin.manage', 'operator.manage', 'home.read'] });
  await operator(db(), { login: 'it', role: 'IT', unitId: office, visibility: 'all' });
  await operator(db(), { login: 'it-here', role: 'IT', unitId: office, visibility: 'office' });
  const create = async (login: string, mapping: object[]) =>
    api.call('POST', '/api/sign-in-sources', { as: await api.signIn(login), body: source({ mapping, enabled: false }) });
  const own = { group: 'g', role: 'IT', unitId: office, visibility: 'office' };
  expect((await create('it', [own, { ...own, group: 'h', unitId: otherOffice }])).status).toBe(201);
  expect(await create('it', [{ ...own, role: 'SA' }])).toMatchObject({ status: 403, body: { code: 'beyond_own_rights' } });
  expect(await create('it-here', [own])).toMatchObject({ status: 403, body: { code: 'forbidden' } });
});

test('an unknown person of the directory and a wrong password get the same answer', async () => {
  await only();
  await directory.person('nora');
  const [unknown, wrong] = [await enter('nobody'), await enter('nora', 'wrong')];
  expect(wrong.body).toEqual({ ...unknown.body, instance: wrong.body.instance });
});
