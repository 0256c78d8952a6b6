import { createHash, randomBytes } from 'node:crypto';

import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { passwordResetStore } from '../db/stores/password-resets.ts';
import { operator, password } from '../test/support/api-organisation.ts';
import { startApi, type ApiAnswer, type TestApi } from '../test/support/api.ts';
import { memoryAttempts } from './auth/attempts.ts';

const better = 'four words that rhyme not';
const generous = { points: 10_000, seconds: 60 };
let api: TestApi;
beforeAll(async () => {
  api = await startApi({ attempts: memoryAttempts({ signInByAddress: generous, passwordResetByAddress: generous }) });
});
afterAll(() => api.close());

const db = () => api.database.operations;
const said = ({ status, body }: ApiAnswer) => ({ status, code: body.code });
const signIn = (login: string, secret: string) =>
  api.call('POST', '/api/session', { body: { login: `${login}@example.it`, password: secret } });
const isSignedIn = async (as: string) => (await api.call('GET', '/api/me', { as })).status === 200;
/** A new operator with an account, and its id. */
async function newAccount(login: string, unitId = api.organisation.office): Promise<string> {
  await operator(db(), { login, role: 'RO', unitId, visibility: 'office' });
  const { id } = await db()('accounts')
    .where({ login: `${login}@example.it` })
    .first<{ id: string }>('id');
  return id;
}
const eventsOf = async (objectId: string) => {
  const rows = await db()('audit_outbox')
    .where({ objectId, operation: 'event' })
    .orderBy('id')
    .select<{ detail: { kind: string } }[]>('detail');
  return rows.map(({ detail }) => detail.kind);
};

test('a new password needs the present one, ends all other sessions and is told by mail', async () => {
  const accountId = await newAccount('changes');
  const [here, there] = [await api.signIn('changes'), await api.signIn('changes')];
  const change = (current: string, next: string) =>
    api.call('POST', '/api/account/password', { as: here, body: { current, password: next } });
  expect(said(await change('something else', better))).toEqual({ status: 422, code: 'password_wrong' });
  expect((await change(password, 'changes@example.it')).body.errors).toEqual([
    { pointer: '/password', message: expect.stringContaining('Easy to guess') as string },
  ]);
  expect((await change(password, 'too short')).body.errors[0]?.message).toBe('At least 15 characters');
  expect(await isSignedIn(there)).toBe(true);

  expect((await change(password, better)).status).toBe(204);
  expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([true, false]);
  expect([(await signIn('changes', password)).status, (await signIn('changes', better)).status]).toEqual([401, 200]);
  expect(await db()('mail_outbox').where({ accountId }).pluck('template')).toEqual(['password-changed']);
});

test('who took over a session does not guess the password with it', async () => {
  await newAccount('guessed');
  const as = await api.signIn('guessed');
  const codes = [];
  for (let i = 0; i < 11; i++)
    codes.push((await api.call('POST', '/api/account/password', { as, body: { current: `guess ${i}`, password: better } })).body.code);
  expect(codes).toEqual([...Array<string>(10).fill('password_wrong'), 'too_many_attempts']);
  // the person is not locked out by it
  expect((await signIn('guessed', password)).status).toBe(200);
});

test('asking for a new password answers alike and works alike whether somebody has the login or not', async () => {
  await newAccount('forgets');
  const statements: string[] = [];
  const note = ({ sql }: { sql: string }) => void statements.push(sql);
  const ask = async (login: string) => {
    statements.length = 0;
    db().on('query', note);
    const answer = await api.call('POST', '/api/password-resets', { body: { login } });
    db().off('query', note);
    return { status: answer.status, text: answer.text, statements: [...statements] };
  };
  const known = await ask('forgets@example.it');
  expect(known.status).toBe(204);
  expect(known.statements.length).toBeGreaterThan(3);
  expect(await ask('nobody@example.it')).toEqual(known);
});

test('mails with a link: one an account in five minutes, and none to an operator who is off', async () => {
  const accountId = await newAccount('impatient');
  for (let i = 0; i < 3; i++) await api.call('POST', '/api/password-resets', { body: { login: 'impatient@example.it' } });
  expect(await eventsOf(accountId)).toEqual(Array(3).fill('password_reset_asked'));
  expect((await db()('mail_outbox').where({ accountId })).length).toBeLessThanOrEqual(2); // five minutes may begin in between
  const off = await newAccount('isoff');
  await db()('operators').where({ email: 'isoff@example.it' }).update({ active: false });
  await api.call('POST', '/api/password-resets', { body: { login: 'isoff@example.it' } });
  expect(await db()('mail_outbox').where({ accountId: off })).toEqual([]);
});

/** A token as the mail brings it. */
async function issued(accountId: string, minutes = 30): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const tokenHash = createHash('sha256').update(token).digest();
  await passwordResetStore(db()).issue({ id: uuid(), accountId, tokenHash, minutes });
  return token;
}
const reset = (token: string, next = better) => api.call('POST', '/api/password-resets/completion', { body: { token, password: next } });

test('the link sets a password once and ends every session; other links of the account are void with it', async () => {
  const accountId = await newAccount('returns');
  const as = await api.signIn('returns');
  const [token, other] = [await issued(accountId), await issued(accountId)];
  expect(said(await reset(token, 'returns@example.it'))).toEqual({ status: 422, code: 'invalid_input' });
  expect((await reset(token)).status).toBe(204);
  expect([said(await reset(token)), said(await reset(other))]).toEqual(Array(2).fill({ status: 410, code: 'link_over' }));
  expect(await isSignedIn(as)).toBe(false);
  expect((await signIn('returns', better)).status).toBe(200);
  expect(await eventsOf(accountId)).toEqual(expect.arrayContaining(['password_reset']));
});

test('of two who use a link at once, one wins', async () => {
  const token = await issued(await newAccount('twice'));
  const statuses = (await Promise.all([reset(token, `${better} one`), reset(token, `${better} two`)])).map(({ status }) => status);
  expect(statuses.sort()).toEqual([204, 410]);
});

test('a link that is over, or that nobody sent, sets nothing; no table keeps a token', async () => {
  const accountId = await newAccount('late');
  const over = await issued(accountId, -1);
  expect([said(await reset(over)), said(await reset('A'.repeat(43)))]).toEqual(Array(2).fill({ status: 410, code: 'link_over' }));
  for (const table of ['password_resets', 'audit_outbox', 'mail_outbox']) expect(JSON.stringify(await db()(table))).not.toContain(over);
});

interface ListedSession {
  id: string;
  current: boolean;
  login: string;
}
const sessions = async (as: string, path = '/api/account/sessions') =>
  (await api.call('GET', path, { as })).body.items as unknown as ListedSession[];

test('everybody sees and ends their own sessions, and nobody else’s', async () => {
  await newAccount('roams');
  const [here, there] = [await api.signIn('roams'), await api.signIn('roams')];
  const mine = await sessions(here);
  expect(mine.map(({ current, login }) => ({ current, login }))).toEqual(
    expect.arrayContaining([
      { current: true, login: 'roams@example.it' },
      { current: false, login: 'roams@example.it' },
    ]),
  );
  const stranger = await api.signIn('RO');
  const id = mine.find((s) => !s.current)?.id ?? '';
  expect((await api.call('DELETE', `/api/account/sessions/${id}`, { as: stranger })).status).toBe(404);
  expect((await api.call('DELETE', `/api/account/sessions/${id}`, { as: here })).status).toBe(204);
  expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([true, false]);
});

test('sessions of the own units are seen and ended by who manages them; others are not found', async () => {
  const accountId = await newAccount('watched');
  const as = await api.signIn('watched');
  await db()('roles').insert({ code: 'SM', nameEn: 'Sessions', nameIt: 'Sessioni', permissions: ['session.manage'] });
  for (const [login, unitId] of [
    ['near', api.organisation.office],
    ['far', api.organisation.otherOffice],
  ] as const)
    await operator(db(), { login, role: 'SM', unitId, visibility: 'office' });
  const [near, far] = [await api.signIn('near'), await api.signIn('far')];
  const shown = (await sessions(near, '/api/sessions?limit=200')).find(({ login }) => login === 'watched@example.it');
  expect((await sessions(far, '/api/sessions?limit=200')).map(({ login }) => login)).toEqual(['far@example.it']);
  expect(said(await api.call('DELETE', `/api/sessions/${shown?.id}`, { as: far }))).toEqual({ status: 404, code: 'not_found' });
  expect(await isSignedIn(as)).toBe(true);
  expect((await api.call('DELETE', `/api/sessions/${shown?.id}`, { as: near })).status).toBe(204);
  expect(await isSignedIn(as)).toBe(false);
  expect(await eventsOf(accountId)).toEqual(['sign_in', 'session_ended']);
});
