import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { startApi, type ApiAnswer, type TestApi } from '../test/support/api.ts';
import { operator, person } from '../test/support/api-organisation.ts';

let api: TestApi;
let sa: string;
beforeAll(async () => {
  api = await startApi();
  sa = await api.signIn('SA');
});
afterAll(() => api.close());

let people = 0;
const someone = (changes: object = {}) => ({
  ...{ givenName: 'Sara', familyName: `Neri ${++people}`, email: `sara.neri${people}@example.it` },
  ...changes,
});
const role = (changes: object = {}) => ({ role: 'RO', unitId: api.organisation.office, visibility: 'office', ...changes });
const add = (as: string, { operator: data = someone(), assignments = [role()] }: { operator?: object; assignments?: object[] } = {}) =>
  api.call('POST', '/api/operators', { as, body: { operator: data, assignments } });

interface Operator {
  id: string;
  email: string;
  state: string;
  version: number;
  elsewhere: number;
  assignments: { id: string; role: string; state: string; version: number; visibility: string }[];
}
const shown = ({ text }: ApiAnswer) => JSON.parse(text) as Operator;
const act = (as: string, id: string, what: string, body: object = {}) => api.call('POST', `/api/operators/${id}/${what}`, { as, body });
const coded = ({ status, body }: ApiAnswer) => [status, body.code];
const db = () => api.database.operations;

/** Somebody who is added, gets a first password and signs in. */
async function newcomer(options: Parameters<typeof add>[1] = {}) {
  const who = shown(await add(sa, options));
  const { password } = JSON.parse((await act(sa, who.id, 'first-password')).text) as { password: string };
  const answer = await api.call('POST', '/api/session', { body: { login: who.email, password } });
  return { ...who, password, cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '', signIn: answer };
}

test('an administrator adds an officer, who signs in with the first password and may do what the role says', async () => {
  const officer = await newcomer();
  expect(officer.signIn.status).toBe(200);
  expect((await api.call('GET', '/api/holders', { as: officer.cookie })).status).toBe(200);
  expect(coded(await api.call('GET', '/api/operators', { as: officer.cookie }))).toEqual([403, 'forbidden']);
});

test('an invitation is a mail to the person, sent anew whenever asked', async () => {
  const who = shown(await add(sa));
  expect((await act(sa, who.id, 'invitation')).status).toBe(204);
  expect((await act(sa, who.id, 'invitation')).status).toBe(204);
  const mails = await db()('mail_outbox')
    .where({ template: 'invitation' })
    .whereIn('accountId', db()('accounts').where({ login: who.email }).select('id'));
  expect(mails).toHaveLength(2);
});

test('deactivated, they can do nothing from the next call on, and not sign in; reactivated, they can', async () => {
  const officer = await newcomer();
  expect(shown(await act(sa, officer.id, 'deactivation', { reason: 'On leave' })).state).toBe('deactivated');
  expect(coded(await api.call('GET', '/api/me', { as: officer.cookie }))).toEqual([401, 'not_signed_in']);
  const again = { login: officer.email, password: officer.password };
  expect(coded(await api.call('POST', '/api/session', { body: again }))).toEqual([401, 'sign_in_failed']);
  expect(shown(await act(sa, officer.id, 'reactivation')).state).toBe('in_force');
  expect((await api.call('POST', '/api/session', { body: again })).status).toBe(200);
});

test('an open stream ends when its reader is deactivated', async () => {
  const officer = await newcomer();
  const stream = await fetch(`${api.url}/api/events`, { headers: { Cookie: officer.cookie } });
  await act(sa, officer.id, 'deactivation', { reason: 'Left' });
  const body = { unitId: api.organisation.office, profileId: api.organisation.profileId, holder: person() };
  const request = await api.call('POST', '/api/requests', { as: await api.signIn('RO'), body });
  expect(await stream.text()).not.toContain(request.body.id);
});

test('an API key of somebody deactivated is not accepted', async () => {
  const officer = await newcomer({ assignments: [role({ role: 'DO' })] });
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const body = { name: 'x', unitId: api.organisation.office, permissions: ['request.read'], expiresAt };
  const { key } = JSON.parse((await api.call('POST', '/api/api-keys', { as: officer.cookie, body })).text) as { key: string };
  const headers = { Authorization: `Bearer ${key}` };
  expect((await api.call('GET', '/api/requests', { headers })).status).toBe(200);
  await act(sa, officer.id, 'deactivation', { reason: 'Left' });
  expect(coded(await api.call('GET', '/api/requests', { headers }))).toEqual([401, 'not_signed_in']);
});

test('removed, a person stays in the books without rights, and comes back without roles and password', async () => {
  const officer = await newcomer();
  const removed = shown(await act(sa, officer.id, 'removal', { reason: 'Left' }));
  expect(removed).toMatchObject({ state: 'removed', hasPassword: false, assignments: [{ role: 'RO', state: 'ended' }] });
  expect(coded(await act(sa, officer.id, 'first-password'))).toEqual([409, 'wrong_state']);
  expect(coded(await add(sa, { operator: someone({ email: officer.email }) }))).toEqual([409, 'duplicate']);
  expect(shown(await act(sa, officer.id, 'reactivation'))).toMatchObject({ state: 'in_force', hasPassword: false });
  const again = await api.call('POST', `/api/operators/${officer.id}/assignments`, { as: sa, body: role() });
  expect([again.status, again.body.id]).toEqual([201, removed.assignments[0]?.id]);
  const [event] = (await db()('audit_outbox')
    .where({ objectId: officer.id })
    .whereRaw(`detail ->> 'kind' = 'operator_removed'`)) as unknown[];
  expect(event).toMatchObject({ actorId: api.organisation.operators.SA, detail: { reason: 'Left' } });
});

test('before their time and after it, they cannot act; renewed, they can', async () => {
  const [past, future] = [new Date(Date.now() - 60_000).toISOString(), new Date(Date.now() + 86_400_000).toISOString()];
  const early = await newcomer({ operator: someone({ validFrom: future }) });
  expect([early.state, early.signIn.status]).toEqual(['not_yet', 401]);
  const late = await newcomer({ operator: someone({ validUntil: past }) });
  expect([late.state, late.signIn.status]).toEqual(['ended', 401]);
  const { givenName, familyName, email } = shown(await api.call('GET', `/api/operators/${late.id}`, { as: sa })) as never;
  const headers = { 'If-Match': `"${late.version}"` };
  const renewed = await api.call('PATCH', `/api/operators/${late.id}`, {
    ...{ as: sa, headers, body: { givenName, familyName, email, validUntil: future } },
  });
  expect(shown(renewed).state).toBe('in_force');
  expect((await api.call('POST', '/api/session', { body: { login: late.email, password: late.password } })).status).toBe(200);
  expect(coded(await api.call('PATCH', `/api/operators/${late.id}`, { as: sa, headers, body: { givenName, familyName, email } }))).toEqual([
    412,
    'version_conflict',
  ]);
});

test('an assignment that is ended or has not begun gives nothing, and one that is changed gives what it says now', async () => {
  const officer = await newcomer({ assignments: [role(), role({ unitId: api.organisation.otherOffice })] });
  const seen = async () => (await api.call('GET', '/api/me', { as: officer.cookie })).text;
  const one = officer.assignments[0];
  if (!one) throw new Error('no assignment');
  expect(JSON.parse(await seen())).toMatchObject({ assignments: [{ role: 'RO' }, { role: 'RO' }] });
  const headers = { 'If-Match': `"${one.version}"` };
  const later = new Date(Date.now() + 86_400_000).toISOString();
  const change = { as: sa, headers, body: { visibility: 'own', validFrom: later } };
  expect(shown(await api.call('PATCH', `/api/assignments/${one.id}`, change))).toMatchObject({ state: 'not_yet', visibility: 'own' });
  expect(JSON.parse(await seen())).toMatchObject({ assignments: [{ role: 'RO' }] });
  for (const { id } of officer.assignments) await api.call('POST', `/api/assignments/${id}/end`, { as: sa });
  expect(JSON.parse(await seen())).toMatchObject({ assignments: [], permissions: [] });
});

/** An administrator of one office: a role of the organisation's own. */
async function delegate(login: string, visibility = 'office'): Promise<string> {
  const permissions = ['operator.read', 'operator.manage', 'home.read', 'unit.read', 'holder.read', 'holder.create', 'request.read'];
  await db()('roles').insert({ code: 'UA', nameEn: 'Unit administrator', nameIt: 'Amministratore', permissions }).onConflict().ignore();
  await db()('roles')
    .insert({ code: 'CLERK', nameEn: 'Clerk', nameIt: 'Addetto', permissions: ['holder.read'] })
    .onConflict()
    .ignore();
  await operator(db(), { login, role: 'UA', unitId: api.organisation.office, visibility });
  return api.signIn(login);
}

test('an administrator of a unit gives at most what they hold, in their unit', async () => {
  const ua = await delegate('ua');
  const given = (changes: object) => add(ua, { assignments: [role({ role: 'CLERK', ...changes })] });
  expect((await given({})).status).toBe(201);
  for (const tooMuch of [{ role: 'DO' }, { role: 'SA' }, { visibility: 'subtree' }, { visibility: 'all' }]) {
    expect({ tooMuch, is: coded(await given(tooMuch)) }).toEqual({ tooMuch, is: [403, 'beyond_own_rights'] });
  }
  for (const unitId of [api.organisation.otherOffice, api.organisation.root, uuid()]) {
    expect(coded(await given({ unitId }))).toEqual([403, 'forbidden']);
  }
  expect(coded(await given({ role: 'TH' }))).toEqual([422, 'invalid_input']);
  expect(
    await db()('operators').whereLike('familyName', 'Neri%').whereNotExists(db()('assignments').whereRaw('operator_id = operators.id')),
  ).toEqual([]);
  const clerk = shown(await given({}));
  const more = (changes: object) => act(ua, clerk.id, 'assignments', role(changes));
  expect(coded(await more({ role: 'DO' }))).toEqual([403, 'beyond_own_rights']);
  expect(coded(await more({ role: 'CLERK', unitId: api.organisation.otherOffice }))).toEqual([403, 'forbidden']);
  const denials = await db()('audit_outbox').where({ objectId: 'createOperator' }).whereRaw(`detail ->> 'kind' = 'access_denied'`);
  expect(denials.length).toBeGreaterThanOrEqual(7);
});

test('they do not touch whoever holds more, or works elsewhere too: neither roles, nor person, nor password', async () => {
  const ua = await delegate('ua2');
  const [mighty, two] = [
    shown(await add(sa, { assignments: [role({ role: 'DO' })] })),
    await newcomer({ assignments: [role({ role: 'CLERK' })] }),
  ];
  await api.call('POST', `/api/operators/${two.id}/assignments`, {
    as: sa,
    body: role({ role: 'CLERK', unitId: api.organisation.otherOffice }),
  });
  for (const { id, assignments } of [mighty, two]) {
    const calls = [
      await act(ua, id, 'deactivation', { reason: 'x' }),
      await act(ua, id, 'removal', { reason: 'x' }),
      await act(ua, id, 'first-password'),
      await act(ua, id, 'assignments', role({ role: 'CLERK', visibility: 'own' })),
      await api.call('POST', `/api/assignments/${assignments[0]?.id}/end`, { as: ua }),
    ];
    expect(calls.map((answer) => answer.body.code)).toEqual(Array(5).fill('beyond_own_rights'));
  }
  expect(shown(await api.call('GET', `/api/operators/${two.id}`, { as: ua }))).toMatchObject({
    assignments: [{ role: 'CLERK' }],
    elsewhere: 1,
  });
  const other = shown(await add(sa, { assignments: [role({ unitId: api.organisation.otherOffice })] }));
  expect(coded(await act(ua, other.id, 'deactivation', { reason: 'x' }))).toEqual([404, 'not_found']);
  expect(coded(await api.call('GET', `/api/operators/${other.id}`, { as: ua }))).toEqual([404, 'not_found']);
});

test('for a time: an administrator whose own role ends gives nothing that lasts longer', async () => {
  const ua = await delegate('ua3');
  const end = new Date(Date.now() + 86_400_000);
  await db()('assignments')
    .where({ operatorId: db()('operators').where({ email: 'ua3@example.it' }).select('id') })
    .update({ validUntil: end });
  const given = (validUntil: string | null) => add(ua, { assignments: [role({ role: 'CLERK', validUntil })] });
  expect(coded(await given(null))).toEqual([403, 'beyond_own_rights']);
  expect(coded(await given(new Date(end.getTime() + 1000).toISOString()))).toEqual([403, 'beyond_own_rights']);
  expect((await given(end.toISOString())).status).toBe(201);
});

test('nobody changes their own rights', async () => {
  const me = api.organisation.operators.SA;
  const [mine] = shown(await api.call('GET', `/api/operators/${me}`, { as: sa })).assignments;
  const calls = [
    await act(sa, me, 'deactivation', { reason: 'x' }),
    await act(sa, me, 'removal', { reason: 'x' }),
    await act(sa, me, 'assignments', role()),
    await act(sa, me, 'first-password'),
    await api.call('POST', `/api/assignments/${mine?.id}/end`, { as: sa }),
  ];
  expect(calls.map((answer) => answer.body.code)).toEqual(Array(5).fill('own_rights'));
});

test('the last who administers everything cannot be ended by anybody, in no way', async () => {
  const everything = role({ role: 'SA', unitId: api.organisation.root, visibility: 'all' });
  const second = await newcomer({ assignments: [everything] });
  const first = api.organisation.operators.SA;
  const [firsts] = shown(await api.call('GET', `/api/operators/${first}`, { as: sa })).assignments;
  // only for a time, the second does not count: who will follow?
  const headers = { 'If-Match': `"${second.assignments[0]?.version}"` };
  const body = { visibility: 'all', validUntil: new Date(Date.now() + 86_400_000).toISOString() };
  expect((await api.call('PATCH', `/api/assignments/${second.assignments[0]?.id}`, { as: sa, headers, body })).status).toBe(200);
  await db()('assignments').where({ id: second.assignments[0]?.id }).update({ validUntil: null });
  await db()('operators')
    .where({ id: second.id })
    .update({ validUntil: new Date(Date.now() + 86_400_000) });
  const left = [
    await act(second.cookie, first, 'deactivation', { reason: 'x' }),
    await act(second.cookie, first, 'removal', { reason: 'x' }),
    await api.call('POST', `/api/assignments/${firsts?.id}/end`, { as: second.cookie }),
  ];
  expect(left.map((answer) => answer.body.code)).toEqual(Array(3).fill('last_administrator'));
  expect((await api.call('GET', '/api/me', { as: sa })).status).toBe(200);
  await db()('operators').where({ id: second.id }).update({ validUntil: null });
  // each ends the other, at once: one is left
  const duel = await Promise.all([
    act(second.cookie, first, 'deactivation', { reason: 'x' }),
    act(sa, second.id, 'deactivation', { reason: 'x' }),
  ]);
  expect(duel.map(({ status }) => status).sort()).toEqual([200, 409]);
  await db()('operators').whereIn('id', [first, second.id]).update({ active: true });
  sa = await api.signIn('SA');
});

test('the list shows whom one sees, by family name, filtered and searched', async () => {
  const elsewhere = shown(
    await add(sa, { operator: someone({ familyName: 'Aaa' }), assignments: [role({ unitId: api.organisation.otherOffice, role: 'HD' })] }),
  );
  const list = async (as: string, query = '') =>
    (JSON.parse((await api.call('GET', `/api/operators?limit=200${query}`, { as })).text) as { items: Operator[] }).items;
  expect((await list(sa))[0]?.id).toBe(elsewhere.id);
  const here = await list(await api.signIn('DO'));
  expect(here.map(({ id }) => id)).toContain(api.organisation.operators.RO);
  expect(here.map(({ id }) => id)).not.toContain(elsewhere.id);
  expect((await list(sa, `&role=HD&unitId=${api.organisation.otherOffice}`)).map(({ id }) => id)).toEqual([elsewhere.id]);
  expect((await list(sa, `&search=${elsewhere.email}`)).map(({ id }) => id)).toEqual([elsewhere.id]);
  await act(sa, elsewhere.id, 'deactivation', { reason: 'x' });
  expect((await list(sa, '&state=deactivated')).map(({ id }) => id)).toContain(elsewhere.id);
  expect((await list(sa, '&state=in_force')).map(({ id }) => id)).not.toContain(elsewhere.id);
  const first = JSON.parse((await api.call('GET', '/api/operators?limit=1', { as: sa })).text) as { items: Operator[]; next: string };
  const next = JSON.parse((await api.call('GET', `/api/operators?limit=1&cursor=${first.next}`, { as: sa })).text) as { items: Operator[] };
  expect([first.items[0]?.id, next.items[0]?.id]).toEqual((await list(sa)).slice(0, 2).map(({ id }) => id));
});
