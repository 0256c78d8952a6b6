import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { operator } from '../test/support/api-organisation.ts';
import { startApi, type TestApi } from '../test/support/api.ts';

let api: TestApi;
let sa: string;
let office: string;
let otherOffice: string;
beforeAll(async () => {
  api = await startApi();
  sa = await api.signIn('SA');
  const codeOf = async (id: string) => ((await api.database.operations('units').where({ id }).first('code')) as { code: string }).code;
  [office, otherOffice] = [await codeOf(api.organisation.office), await codeOf(api.organisation.otherOffice)];
});
afterAll(() => api.close());

const values = (email: string, changes: Record<string, string> = {}) => ({
  ...{ email, givenName: 'Sara', familyName: 'Neri', role: 'RO', unit: office, visibility: 'office' },
  ...changes,
});
interface Report {
  rows: { line: number; outcome: string; errors: { column: string; message: string; code: string }[] }[];
}
async function send(rows: Record<string, string>[], { as = sa, dryRun = false } = {}): Promise<Report['rows']> {
  const body = { dryRun, rows: rows.map((row, i) => ({ line: i + 2, values: row })) };
  const answer = await api.call('POST', '/api/operators/import', { as, body });
  expect(answer.status).toBe(200);
  return (JSON.parse(answer.text) as Report).rows;
}
const outcomes = (rows: Report['rows']) => rows.map(({ outcome }) => outcome);
const db = () => api.database.operations;
const held = async (email: string) =>
  (await db()('assignments as a')
    .join('operators as o', 'o.id', 'a.operator_id')
    .join('units as u', 'u.id', 'a.unit_id')
    .where('o.email', email)
    .orderBy('u.code')
    .select('a.role', 'a.visibility', 'u.code')) as { role: string; visibility: string; code: string }[];

test('rows add people with their roles; the same rows again change nothing, not even a version', async () => {
  const rows = [values('one@example.it'), values('one@example.it', { unit: otherOffice, visibility: 'own' }), values('two@example.it')];
  expect(outcomes(await send(rows))).toEqual(['created', 'changed', 'created']);
  expect(await held('one@example.it')).toHaveLength(2);
  const before = await db()('audit_outbox').count();
  expect(outcomes(await send(rows))).toEqual(['unchanged', 'unchanged', 'unchanged']);
  expect(await db()('audit_outbox').count()).toEqual(before);
});

test('what a row says otherwise is changed, what it leaves open stays', async () => {
  await send([values('change@example.it', { locale: 'en', validUntil: '2027-06-30' })]);
  const changed = values('change@example.it', { familyName: 'Bianchi', visibility: 'own', roleUntil: '2027-01-31' });
  expect(outcomes(await send([changed]))).toEqual(['changed']);
  const row = (await db()('operators').where({ email: 'change@example.it' }).first()) as {
    familyName: string;
    locale: string;
    validUntil: Date;
  };
  expect(row).toMatchObject({ familyName: 'Bianchi', locale: 'en', validUntil: new Date('2027-07-01T00:00:00Z') });
  expect(await held('change@example.it')).toEqual([{ role: 'RO', visibility: 'own', code: office }]);
  expect(outcomes(await send([changed]))).toEqual(['unchanged']);
  expect(outcomes(await send([{ ...changed, validUntil: '' }]))).toEqual(['changed']);
  expect(await db()('operators').where({ email: 'change@example.it' }).first('valid_until')).toEqual({ validUntil: null });
});

test('refused rows are told with column and reason, the others are done', async () => {
  await db()('separation_rules').insert({ id: randomUUID(), kind: 'roles', first: 'RO', second: 'DO' });
  const rows = await send([
    values('bad address'),
    values('good@example.it'),
    values('nowhere@example.it', { unit: 'NOWHERE' }),
    values('norole@example.it', { role: 'TH' }),
    values('ro@example.it', { role: 'DO' }),
  ]);
  expect(outcomes(rows)).toEqual(['refused', 'created', 'refused', 'refused', 'refused']);
  const told = rows.map(({ errors }) => errors.map(({ column, code }) => `${column} ${code}`).join());
  expect(told).toEqual(['email invalid_input', '', 'unit forbidden', 'role invalid_input', ' duties_conflict']);
  expect(await db()('operators').whereIn('email', ['nowhere@example.it', 'norole@example.it'])).toEqual([]);
});

test('a trial tells what would come of it, rows that need each other too, and leaves nothing', async () => {
  const rows = [values('trial@example.it'), values('trial@example.it'), values('trial@example.it', { unit: otherOffice })];
  expect(outcomes(await send(rows, { dryRun: true }))).toEqual(['created', 'unchanged', 'changed']);
  expect(await db()('operators').where({ email: 'trial@example.it' })).toEqual([]);
  const events = await db()('audit_outbox').where('object_type', 'operators').whereRaw(`"after" ->> 'email' = 'trial@example.it'`);
  expect(events).toEqual([]);
});

test('an administrator of a unit imports into it, and neither elsewhere nor somebody of another unit', async () => {
  const { division } = (await db()('units').where({ id: api.organisation.office }).first({ division: 'parent_id' })) as {
    division: string;
  };
  expect(division).toBeDefined();
  await operator(db(), { login: 'local', role: 'SA', unitId: api.organisation.office, visibility: 'subtree' });
  const as = await api.signIn('local');
  await send([values('foreign@example.it', { unit: otherOffice })]);
  const rows = await send([values('mine@example.it'), values('theirs@example.it', { unit: otherOffice }), values('foreign@example.it')], {
    as,
  });
  expect(outcomes(rows)).toEqual(['created', 'refused', 'refused']);
  expect(await held('foreign@example.it')).toEqual([{ role: 'RO', visibility: 'office', code: otherOffice }]);
});

test('who is new is invited by mail where that is wished, and only then', async () => {
  const invited = async () => Number((await db()('mail_outbox').where({ template: 'invitation' }).count<{ count: string }[]>())[0]?.count);
  const call = (rows: object[], more: object) =>
    api.call('POST', '/api/operators/import', { as: sa, body: { rows: rows.map((row, i) => ({ line: i + 2, values: row })), ...more } });
  await call([values('silent@example.it')], {});
  expect(await invited()).toBe(0);
  await call([values('mailed@example.it')], { invites: true, dryRun: true });
  expect(await invited()).toBe(0);
  for (let n = 0; n < 2; n++) await call([values('mailed@example.it'), values('silent@example.it')], { invites: true });
  expect(await invited()).toBe(1);
});

test('nobody gives themselves a role by a file', async () => {
  const [row] = await send([values('sa@example.it', { givenName: 'SA', familyName: 'Operator', role: 'AO' })]);
  expect(row).toMatchObject({ outcome: 'refused', errors: [{ code: 'own_rights' }] });
});
