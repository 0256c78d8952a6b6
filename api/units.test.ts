import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { system } from '../domain/actor.ts';
import { noFields } from '../domain/field-definition.ts';
import { requestStates, statesBeforeProduction } from '../domain/request-state.ts';
import { foldCounters } from '../db/reads/counters.ts';
import { handOverDue } from '../db/stores/hand-over.ts';
import { requestStore } from '../db/stores/requests.ts';
import { unitStore } from '../db/stores/units.ts';
import { seedRequest } from '../test/support/api-records.ts';
import { holder, operator, person } from '../test/support/api-organisation.ts';
import { startApi, type ApiAnswer, type TestApi } from '../test/support/api.ts';

let api: TestApi;
let admin: string;
beforeAll(async () => {
  api = await startApi();
  admin = await api.signIn('SA');
});
afterAll(() => api.close());

interface Unit {
  id: string;
  parentId: string;
  code: string;
  name: string;
  state: string;
  hasChildren: boolean;
  operators: number;
  activeRequests: number;
  completedRequests: number;
  version: number;
  above: { name: string }[];
  roles: { code: string; operators: number }[];
  ifClosed: { operators: number; requests: number; to: string } | null;
  may: Record<string, boolean>;
}
const db = () => api.database.operations;
const said = ({ status, body }: ApiAnswer) => ({ status, code: body.code });
const data = (changes: object = {}) => ({
  ...{ kind: 'office', code: uuid().slice(-8), name: 'Porta Nuova desk', address: null, category: null, identifiers: [], attributes: [] },
  ...changes,
});
const unitOf = ({ body }: ApiAnswer) => body as unknown as Unit;
const make = async (parentId: string, changes: object = {}, as = admin): Promise<Unit> => {
  const answer = await api.call('POST', '/api/units', { as, body: { ...data(changes), parentId } });
  expect(answer.status, answer.text).toBe(201);
  return unitOf(answer);
};
const read = async (id: string, as = admin) => unitOf(await api.call('GET', `/api/units/${id}`, { as }));
const act = async (id: string, what: string, { as = admin, body = {} }: { as?: string; body?: unknown } = {}) => {
  const row = (await db()('units').where({ id }).first('version')) as { version: number };
  return api.call('POST', `/api/units/${id}/${what}`, { as, body, headers: { 'If-Match': `"${row.version}"` } });
};
const list = async (query: string, as = admin): Promise<Unit[]> =>
  (await api.call('GET', `/api/units?${query}`, { as })).body.items as unknown as Unit[];
const idsOf = (units: { id: string }[]) => units.map(({ id }) => id);
const request = async (unitId: string, state = 'draft') => {
  const { profileId, operators } = api.organisation;
  const holderId = await holder(db(), { unitId, registeredBy: operators.RO, data: person({ taxCode: uuid() }) });
  return seedRequest(db(), { unitId, holderId, registeredBy: operators.RO, profileId, state });
};
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
/** Moves the clock of a unit's window, which only the database reads. */
const setWindow = (id: string, opensAt: string | null, closesAt: string | null) =>
  db()('units').where({ id }).update({ opensAt, closesAt });

test('a unit is made below another, with all that is known of it, and the same call sent again makes one', async () => {
  const given = data({
    address: { street: 'Via dei Tigli 12', postalCode: '00100', city: 'Porto Vescovo', country: 'IT' },
    category: 'urban',
    identifiers: [{ name: 'IPA', value: 'c_h501' }],
    attributes: [{ name: 'Hours', value: 'Mon to Sat' }],
  });
  const call = { as: admin, body: { ...given, parentId: api.organisation.root }, headers: { 'Idempotency-Key': 'unit-once' } };
  const [first, second] = [await api.call('POST', '/api/units', call), await api.call('POST', '/api/units', call)];
  expect(first.status, first.text).toBe(201);
  expect(second.body.id).toBe(first.body.id);
  expect(first.body).toMatchObject({ ...given, state: 'open', hasChildren: false, may: { edit: true, close: true, move: true } });
  const events = await db()('audit_outbox').where({ objectType: 'units', objectId: first.body.id });
  expect(events).toMatchObject([{ operation: 'insert', actorId: api.organisation.operators.SA, after: { category: 'urban' } }]);
});

test.each([
  ['a code that another unit has', () => ({ code: 'TAKEN' }), 'duplicate'],
  ['a kind wider than the unit above', () => ({ kind: 'organization' }), 'invalid_input'],
  ['an attribute twice', () => ({ attributes: [1, 2].map(() => ({ name: 'Hours', value: 'x' })) }), 'invalid_input'],
  ['a code with spaces', () => ({ code: 'A B' }), 'invalid_input'],
])('no unit is made with %s', async (_, changes, code) => {
  await db()('units').where({ id: api.organisation.otherOffice }).update({ code: 'TAKEN' });
  const division = await make(api.organisation.root, { kind: 'division' });
  const answer = await api.call('POST', '/api/units', { as: admin, body: { ...data(changes()), parentId: division.id } });
  expect(answer.body.code, answer.text).toBe(code);
});

test('an edit takes the version that was seen; the same edit sent twice is one', async () => {
  const unit = await make(api.organisation.root);
  const edit = (changes: object, version: number) =>
    api.call('PATCH', `/api/units/${unit.id}`, {
      as: admin,
      body: data({ code: unit.code, ...changes }),
      headers: { 'If-Match': `"${version}"` },
    });
  expect((await edit({ name: 'New' }, unit.version)).body.version).toBe(unit.version + 1);
  expect((await edit({ name: 'New' }, unit.version)).body.version).toBe(unit.version + 1);
  expect(said(await edit({ name: 'Newer' }, unit.version))).toEqual({ status: 412, code: 'version_conflict' });
  await make(unit.id);
  expect((await edit({ name: 'New', kind: 'division' }, unit.version + 1)).body.version).toBe(unit.version + 2);
  const division = await make(api.organisation.root, { kind: 'division' });
  await make(division.id, { kind: 'division' });
  const narrower = { as: admin, body: data({ code: division.code }), headers: { 'If-Match': `"${division.version}"` } };
  expect((await api.call('PATCH', `/api/units/${division.id}`, narrower)).body.code).toBe('invalid_input');
});

test('a closed office gives its operators nothing from their next call on, hands its requests over, and works again when it is opened', async () => {
  const { root } = api.organisation;
  const division = await make(root, { kind: 'division', name: 'Campaign' });
  const office = await make(division.id, { name: 'Fair' });
  const corner = await make(office.id, { name: 'Corner' });
  await operator(db(), { login: 'fair', role: 'RO', unitId: office.id, visibility: 'office' });
  await operator(db(), { login: 'corner', role: 'RO', unitId: corner.id, visibility: 'office' });
  const [fair, below] = [await api.signIn('fair'), await api.signIn('corner')];
  const ids = new Map<string, string>();
  for (const state of requestStates) ids.set(state, await request(office.id, state));
  const deep = await request(corner.id, 'pending_approval');
  const calls = async () => [
    (await api.call('GET', '/api/requests', { as: fair })).status,
    (await api.call('GET', '/api/requests', { as: below })).status,
  ];
  expect(await calls()).toEqual([200, 200]);
  expect((await read(office.id)).ifClosed).toEqual({ operators: 2, requests: statesBeforeProduction.length + 1, to: 'Campaign' });

  const closed = await act(office.id, 'closing');
  expect(unitOf(closed), closed.text).toMatchObject({ state: 'closed', ifClosed: null });
  expect((await read(corner.id)).state).toBe('closed_above');
  expect(await calls()).toEqual([403, 403]);
  const moved = [...statesBeforeProduction.map((state) => ids.get(state) ?? ''), deep].sort();
  expect((await db()('requests').where({ unitId: division.id }).orderBy('id').pluck('id')) as string[]).toEqual(moved);
  const [divisionRow] = (await db()('units').where({ id: division.id })) as { path: string }[];
  expect(new Set(await db()('requests').whereIn('id', moved).pluck('unit_path'))).toEqual(new Set([divisionRow?.path]));
  const history = (await api.call('GET', `/api/requests/${deep}`, { as: await leader(division.id) })).body as unknown as {
    history: { kind: string; by: { name: string }; detail: string }[];
  };
  expect(history.history[0]).toMatchObject({ kind: 'handed_over', by: { name: 'SA Operator' }, detail: 'Corner → Campaign' });
  expect(
    await db()('audit_outbox').where({ objectType: 'request_transfers' }).andWhere({ actorId: api.organisation.operators.SA }),
  ).toHaveLength(moved.length);

  expect((await act(office.id, 'closing')).status).toBe(200);
  expect(unitOf(await act(office.id, 'opening')).state).toBe('open');
  expect(await calls()).toEqual([200, 200]);
  expect(await db()('requests').whereIn('id', moved).distinct('unit_id').pluck('unit_id')).toEqual([division.id]);
});

async function leader(unitId: string): Promise<string> {
  const login = `leader-${unitId.slice(-6)}`;
  await operator(db(), { login, role: 'DO', unitId, visibility: 'subtree' });
  return api.signIn(login);
}

test('nobody registers in a closed unit, whoever they are', async () => {
  const { root, profileId, operators } = api.organisation;
  const office = await make(root);
  const holderId = await holder(db(), { unitId: office.id, registeredBy: operators.RO, data: person() });
  const as = await leader(api.organisation.root);
  const body = { ...person({ taxCode: 'BNCLRA80A41F205G' }), unitId: office.id };
  await act(office.id, 'closing');
  expect(said(await api.call('POST', '/api/holders', { as, body }))).toEqual({ status: 403, code: 'forbidden' });
  // also who was let in a moment before it closed
  const by = { kind: 'operator' as const, id: operators.RO };
  const late = { by, id: uuid(), unitId: office.id, profileId, holder: { id: holderId }, extra: {}, fields: noFields };
  await expect(requestStore(db()).create(late)).rejects.toMatchObject({ type: 'invalid_input' });
  await act(office.id, 'opening');
  expect((await api.call('POST', '/api/holders', { as, body })).status).toBe(201);
});

test('a window opens and ends by itself: outside of it nobody acts there, and what is open is handed over once', async () => {
  const office = await make(api.organisation.root);
  await operator(db(), { login: 'window', role: 'RO', unitId: office.id, visibility: 'office' });
  const cookie = await api.signIn('window');
  const status = async () => (await api.call('GET', '/api/requests', { as: cookie })).status;
  const opened = await act(office.id, 'opening', { body: { opensAt: inMinutes(60), closesAt: inMinutes(120) } });
  expect([unitOf(opened).state, await status()]).toEqual(['scheduled', 403]);
  await setWindow(office.id, inMinutes(-60), inMinutes(60));
  expect([(await read(office.id)).state, await status()]).toEqual(['open', 200]);
  const id = await request(office.id, 'approved');
  expect(await handOverDue(db())).toBe(0);
  await setWindow(office.id, inMinutes(-60), inMinutes(-1));
  expect([(await read(office.id)).state, await status()]).toEqual(['ended', 403]);
  expect([await handOverDue(db()), await handOverDue(db())]).toEqual([1, 0]);
  expect(await db()('request_transfers').where({ requestId: id })).toMatchObject([
    { fromUnitId: office.id, toUnitId: api.organisation.root, byKind: 'system' },
  ]);
});

test.each([
  ['one after the other', (offices: Unit[]) => offices],
  ['both at once, by closing the unit above', (_: Unit[], division: Unit) => [division]],
])('what two offices hand over %s keeps its reference unless the unit above knows that one already', async (_, toClose) => {
  const above = await make(api.organisation.root, { kind: 'division' });
  const division = await make(above.id, { kind: 'division' });
  const offices = [await make(division.id), await make(division.id)];
  const ids: string[] = [];
  for (const { id } of offices) {
    for (const reference of ['row-1', id]) {
      const requestId = await request(id);
      await db()('requests').where({ id: requestId }).update({ reference });
      ids.push(requestId);
    }
  }
  for (const { id } of toClose(offices, division)) await act(id, 'closing');
  const references = (await db()('requests').whereIn('id', ids).orderBy('id').pluck('reference')) as string[];
  expect(references).toEqual(['row-1', offices[0]?.id, null, offices[1]?.id]);
});

test('a unit with more requests than one statement takes moves with all of them, and hands all over', async () => {
  const { root, operators, profileId } = api.organisation;
  const [division, office] = [await make(root, { kind: 'division' }), await make(root)];
  const of = { unitId: office.id, registeredBy: operators.RO };
  const holderId = await holder(db(), { ...of, data: person({ taxCode: uuid() }) });
  await db().raw(
    `insert into requests (id, number, holder_id, unit_id, unit_path, profile_id, model, state, registered_by, data)
     select gen_random_uuid(), 'many-' || n, :holderId, u.id, u.path, :profileId, 'desk', 'approved', :registeredBy, '{}'
     from units u, generate_series(1, 5001) n where u.id = :unitId`,
    { ...of, holderId, profileId },
  );
  await act(office.id, 'move', { body: { parentId: division.id } });
  const there = () =>
    db()('requests as r').join('units as u', 'u.path', 'r.unit_path').where({ holderId }).groupBy('u.id').select('u.id').count('r.id as n');
  expect(await there()).toEqual([{ id: office.id, n: 5001 }]);
  await act(office.id, 'closing');
  expect(await there()).toEqual([{ id: division.id, n: 5001 }]);
}, 30_000);

test('the unit at the top is neither opened nor closed nor moved, whoever asks', async () => {
  const { root, office } = api.organisation;
  expect((await read(root)).may).toEqual({ edit: true, add: true, open: false, close: false, move: false });
  expect(said(await act(root, 'closing'))).toEqual({ status: 403, code: 'forbidden' });
  const { version } = await read(root);
  const edit = { by: system, id: root, version };
  const store = unitStore(db());
  const opensAt = new Date();
  for (const way of [
    () => store.close(edit),
    () => store.open({ ...edit, opensAt, closesAt: null }),
    () => store.move({ ...edit, parentId: office }),
  ])
    await expect(way()).rejects.toMatchObject({ type: 'policy_violation' });
});

test('a subtree moves with its requests, devices and figures; below itself it cannot go', async () => {
  const { root } = api.organisation;
  const [from, to] = [await make(root, { kind: 'division' }), await make(root, { kind: 'division' })];
  const middle = await make(from.id, { kind: 'division' });
  const office = await make(middle.id);
  const requestId = await request(office.id, 'closed');
  await request(office.id, 'approved');
  const before = (await db()('requests').where({ id: requestId }).first()) as { version: number };
  const figures = async () =>
    (await list('parentId=' + root))
      .filter(({ id }) => [from.id, to.id].includes(id))
      .map((u) => [u.id, u.activeRequests, u.completedRequests]);
  expect(await figures()).toEqual(
    expect.arrayContaining([
      [from.id, 1, 1],
      [to.id, 0, 0],
    ]),
  );
  const above = await read(root);
  // What is counted is in the totals, but for what is not folded into them yet.
  await foldCounters(db());
  await request(office.id, 'approved');

  const moved = await act(middle.id, 'move', { body: { parentId: to.id } });
  expect(unitOf(moved), moved.text).toMatchObject({ parentId: to.id, hasChildren: true });
  expect(await figures()).toEqual(
    expect.arrayContaining([
      [from.id, 0, 0],
      [to.id, 2, 1],
    ]),
  );
  const { activeRequests, completedRequests } = await read(root);
  expect({ activeRequests, completedRequests }).toEqual({
    activeRequests: above.activeRequests + 1,
    completedRequests: above.completedRequests,
  });
  const officeRow = (await db()('units').where({ id: office.id }).first('path', 'version')) as { path: string; version: number };
  expect(officeRow.path.split('.').map((label) => label.slice(-8))).toEqual([root, to.id, middle.id, office.id].map((id) => id.slice(-8)));
  expect(officeRow.version).toBe(office.version);
  const after = (await db()('requests').where({ id: requestId }).first()) as { version: number; unitPath: string };
  expect(after).toMatchObject({ unitPath: officeRow.path, version: before.version });

  expect((await act(to.id, 'move', { body: { parentId: office.id } })).body.errors).toMatchObject([{ pointer: '/parentId' }]);
  expect((await act(to.id, 'move', { body: { parentId: to.id } })).body.code).toBe('invalid_input');
});

test('two moves at once that would make a cycle: one is refused, the tree stays a tree', async () => {
  const { root } = api.organisation;
  const [a, b] = [await make(root, { kind: 'division' }), await make(root, { kind: 'division' })];
  const answers = await Promise.all([act(a.id, 'move', { body: { parentId: b.id } }), act(b.id, 'move', { body: { parentId: a.id } })]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
  const { rows } = await db().raw<{ rows: unknown[] }>(`
    select u.id from units u left join units p on p.id = u.parent_id
    where u.path <> case when p.id is null then replace(u.id::text, '-', '')::ltree else p.path || replace(u.id::text, '-', '') end`);
  expect(rows).toEqual([]);
});

test('an administrator of a unit manages what is below it, and neither closes nor moves the unit itself', async () => {
  const { root } = api.organisation;
  const division = await make(root, { kind: 'division' });
  const office = await make(division.id);
  const foreign = await make(root);
  await operator(db(), { login: 'local', role: 'SA', unitId: division.id, visibility: 'subtree' });
  const as = await api.signIn('local');
  expect((await make(division.id, {}, as)).parentId).toBe(division.id);
  expect(said(await api.call('POST', '/api/units', { as, body: { ...data(), parentId: root } }))).toEqual({
    status: 403,
    code: 'forbidden',
  });
  expect(said(await act(division.id, 'closing', { as }))).toEqual({ status: 403, code: 'forbidden' });
  expect(said(await act(foreign.id, 'closing', { as }))).toEqual({ status: 404, code: 'not_found' });
  expect(said(await act(office.id, 'move', { as, body: { parentId: root } }))).toEqual({ status: 403, code: 'forbidden' });
  expect((await act(office.id, 'closing', { as })).status).toBe(200);
  expect((await read(division.id, as)).above).toEqual([]);
});

test('the table is filtered by everything that is known of a unit; the tree is asked level by level', async () => {
  const { root, office } = api.organisation;
  const division = await make(root, { kind: 'division', category: 'island', name: 'Isole Borromee' });
  const desk = await make(division.id, {
    category: 'island',
    address: { street: 'Via Lunga 1', postalCode: '28838', city: 'Stresa', country: 'IT' },
    identifiers: [{ name: 'IPA', value: 'isl_1' }],
    attributes: [{ name: 'Campaign', value: 'spring' }],
  });
  await act(desk.id, 'closing');
  for (const query of [
    'search=stresa',
    'search=lunga+1+str',
    'search=isl_1',
    'search=SPRING',
    `code=${desk.code}`,
    `search=${desk.code}`,
    'attribute=IPA=isl_1',
    'attribute=Campaign',
    'state=closed&category=island',
  ])
    expect([query, idsOf(await list(query))]).toEqual([query, [desk.id]]);
  expect(idsOf(await list('category=island&sort=code')).sort()).toEqual([division.id, desk.id].sort());
  expect(idsOf(await list('category=island&kind=division'))).toEqual([division.id]);
  expect(await list('attribute=IPA=other')).toEqual([]);
  expect(idsOf(await list('parentId=top'))).toEqual([root]);
  expect(idsOf(await list(`parentId=${division.id}`))).toEqual([desk.id]);
  expect(idsOf(await list('parentId=top', await api.signIn('RO')))).toEqual([office]);
  expect(await list(`parentId=${division.id}`, await api.signIn('RO'))).toEqual([]);
  const labels = (await api.call('GET', '/api/unit-labels', { as: admin })).body as unknown as {
    categories: string[];
    attributes: string[];
  };
  expect(labels.categories).toContain('island');
  expect(labels.attributes).toContain('Campaign');
  expect(labels.attributes).toContain('IPA');
});

test('figures of a unit hold what is below it only for who sees that, and count who works there today', async () => {
  const { root } = api.organisation;
  const division = await make(root, { kind: 'division' });
  const office = await make(division.id);
  await request(division.id, 'approved');
  await request(office.id, 'approved');
  const leading = await leader(division.id);
  await operator(db(), { login: 'alone', role: 'RO', unitId: division.id, visibility: 'office' });
  const alone = await api.signIn('alone');
  for (let folded = 0; folded < 2; folded++) {
    expect([(await read(division.id, leading)).activeRequests, (await read(division.id, alone)).activeRequests]).toEqual([2, 1]);
    await foldCounters(db());
  }
  expect([(await read(division.id, leading)).hasChildren, (await read(division.id, alone)).hasChildren]).toEqual([true, false]);
  const { operators, roles } = await read(division.id);
  expect({ operators, roles: roles.map((r) => [r.code, r.operators]) }).toEqual({
    operators: 2,
    roles: [
      ['DO', 1],
      ['RO', 1],
    ],
  });
  await db()('operators').where({ email: 'alone@example.it' }).update({ active: false });
  expect((await read(division.id)).operators).toBe(1);
});
