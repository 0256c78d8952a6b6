import { generate } from 'otplib';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

import { operator, password } from '../test/support/api-organisation.ts';
import { cookieOf, dataKeyId, startApi, type ApiAnswer, type TestApi } from '../test/support/api.ts';
import { memoryAttempts } from './auth/attempts.ts';

const generous = { points: 10_000, seconds: 60 };
let api: TestApi;
let strict: TestApi;
beforeAll(async () => {
  api = await startApi({ attempts: memoryAttempts({ signInByAddress: generous }) });
  strict = await startApi({ secondFactor: 'required' });
  for (const { database } of [api, strict])
    await database
      .operations('data_keys')
      .insert({ id: dataKeyId, purpose: 'codes', wrapped: Buffer.from('not read'), wrappingKey: 'none' });
});
afterAll(async () => {
  await api.close();
  await strict.close();
});
afterEach(() => void vi.useRealTimers());

interface Enrolled {
  secret: string;
  uri: string;
  qr: string;
}
const said = ({ status, body }: ApiAnswer) => ({ status, code: body.code });
const signIn = (login: string, at = api) => at.call('POST', '/api/session', { body: { login: `${login}@example.it`, password } });
const showing = (as: string, code: string) => api.call('POST', '/api/session/second-factor', { as, body: { code } });
const newOperator = (login: string) =>
  operator(api.database.operations, { login, role: 'DO', unitId: api.organisation.office, visibility: 'office' });
/** The code of the app at a moment: `steps` of 30 seconds from now. */
const codeOf = (secret: string, steps = 0) => generate({ secret, epoch: Math.floor(Date.now() / 1000) + 30 * steps });
/** Time goes by, for the API; never in the last second of a step. */
function after(steps: number): void {
  const next = (Math.floor(Date.now() / 30_000) + steps) * 30_000 + 1000;
  vi.useFakeTimers({ toFake: ['Date'], now: next });
}

/** Somebody with an authenticator app: the seed, the recovery codes, and the session that set it up. */
async function enrolled(login: string): Promise<{ secret: string; codes: string[]; session: string }> {
  await newOperator(login);
  after(0);
  const session = await api.signIn(login);
  const begun = (await api.call('POST', '/api/account/totp', { as: session })).body as unknown as Enrolled;
  const confirmed = await api.call('POST', '/api/account/totp/confirmation', { as: session, body: { code: await codeOf(begun.secret) } });
  expect(confirmed.status, confirmed.text).toBe(200);
  after(1);
  return { secret: begun.secret, codes: (confirmed.body as unknown as { codes: string[] }).codes, session };
}

test('an app is set up by its QR code and counts once it showed a code', async () => {
  await newOperator('begins');
  const as = await api.signIn('begins');
  const { body } = await api.call('POST', '/api/account/totp', { as });
  const { secret, uri, qr } = body as unknown as Enrolled;
  expect(uri).toBe(`otpauth://totp/smartCMS:begins%40example.it?secret=${secret}&issuer=smartCMS`);
  expect(qr).toMatch(/^<svg/);
  expect(said(await api.call('POST', '/api/account/totp/confirmation', { as, body: { code: '000000' } }))).toEqual({
    status: 422,
    code: 'factor_wrong',
  });
  // not confirmed: nothing is asked for
  expect((await signIn('begins')).status).toBe(200);
  expect(JSON.stringify(await api.database.operations('totp_factors'))).not.toContain(secret);
  expect(JSON.stringify(await api.database.operations('audit_outbox'))).not.toContain(secret);
});

test('with an app the password opens no session: only the code does, and a code works once', async () => {
  const { secret } = await enrolled('steps');
  const first = await signIn('steps');
  expect(said(first)).toEqual({ status: 401, code: 'second_factor_needed' });
  expect((first.body as unknown as { ways: string[] }).ways).toEqual(['otp', 'recovery']);
  const [cookie] = first.headers.getSetCookie();
  expect(cookie).toMatch(/^pending=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  const pending = cookieOf(first);
  // what waits for the second factor can do nothing else, under no name
  for (const as of [pending, pending.replace('pending=', 'sid=')])
    expect(said(await api.call('GET', '/api/me', { as }))).toEqual({ status: 401, code: 'not_signed_in' });

  const code = await codeOf(secret);
  const entered = await showing(pending, code);
  expect(entered.status).toBe(200);
  const session = entered.headers
    .getSetCookie()
    .find((c) => c.startsWith('sid='))
    ?.split(';')[0];
  expect((await api.call('GET', '/api/me', { as: session ?? '' })).status).toBe(200);
  expect(await api.database.operations('sessions').orderBy('createdAt', 'desc').first('methods')).toEqual({ methods: ['pwd', 'otp'] });
  expect(said(await showing(pending, code))).toEqual({ status: 401, code: 'sign_in_over' });
  expect(said(await showing(cookieOf(await signIn('steps')), code))).toEqual({ status: 422, code: 'factor_wrong' });
});

test('two who bring the same code at once: one gets in', async () => {
  const { secret } = await enrolled('race');
  const pending = [cookieOf(await signIn('race')), cookieOf(await signIn('race'))];
  const code = await codeOf(secret);
  const statuses = (await Promise.all(pending.map((as) => showing(as, code)))).map(({ status }) => status);
  expect(statuses.sort()).toEqual([200, 422]);
});

test.each([
  [-2, 422],
  [-1, 200],
  [1, 200],
  [2, 422],
])('the code of %i steps from now answers %i', async (steps, status) => {
  const { secret } = await enrolled(`drift${steps}`.replace('-', 'minus'));
  after(3);
  const pending = cookieOf(await signIn(`drift${steps}`.replace('-', 'minus')));
  expect((await showing(pending, await codeOf(secret, steps))).status).toBe(status);
});

test('recovery codes work once each, however they are typed, and new ones replace them', async () => {
  const { codes, session } = await enrolled('loses');
  expect(codes).toHaveLength(10);
  const [first = '', second = ''] = codes;
  const typed = first.toLowerCase().replaceAll('-', ' ');
  expect((await showing(cookieOf(await signIn('loses')), typed)).status).toBe(200);
  expect((await showing(cookieOf(await signIn('loses')), first)).status).toBe(422);
  expect((await api.call('GET', '/api/account', { as: session })).body).toMatchObject({ recoveryCodes: 9 });
  expect((await api.call('POST', '/api/account/recovery-codes', { as: session })).status).toBe(200);
  expect((await showing(cookieOf(await signIn('loses')), second)).status).toBe(422);
});

test('guessing codes: after five the password is needed again, and then a while nothing is looked at', async () => {
  const { secret } = await enrolled('guesses');
  const pending = cookieOf(await signIn('guesses'));
  const codes = [];
  for (let i = 0; i < 5; i++) codes.push((await showing(pending, String(100000 + i))).body.code);
  expect(codes).toEqual(Array(5).fill('factor_wrong'));
  expect((await showing(pending, await codeOf(secret))).body.code).toBe('sign_in_over');
  expect((await showing(cookieOf(await signIn('guesses')), await codeOf(secret))).body.code).toBe('too_many_attempts');
});

test('an old step between password and factor is over', async () => {
  const { secret } = await enrolled('slow');
  const pending = cookieOf(await signIn('slow'));
  await api.database.operations('pending_sign_ins').update({ expiresAt: new Date(Date.now() - 3_600_000) });
  expect((await showing(pending, await codeOf(secret))).body.code).toBe('sign_in_over');
});

describe('proving again', () => {
  const grow = (as: string) => age(api, as);

  test('what is dangerous asks whoever signed in more than five minutes ago', async () => {
    await newOperator('danger');
    const as = await api.signIn('danger');
    const dangerous = () => api.call('POST', '/api/account/totp', { as });
    expect((await dangerous()).status).toBe(201);
    await grow(as);
    const asked = await dangerous();
    expect({ ...said(asked), ways: (asked.body as unknown as { ways: string[] }).ways }).toEqual({
      status: 403,
      code: 'step_up_needed',
      ways: ['password'],
    });
    expect((await api.call('GET', '/api/me', { as })).status).toBe(200);
    expect(said(await api.call('POST', '/api/session/proof', { as, body: { password: 'wrong' } }))).toEqual({
      status: 422,
      code: 'password_wrong',
    });
    expect((await dangerous()).status).toBe(403);
    expect((await api.call('POST', '/api/session/proof', { as, body: { password } })).status).toBe(204);
    expect((await dangerous()).status).toBe(201);
  });

  test('who has an app proves it by a code: the password is not enough', async () => {
    const { secret, session: as } = await enrolled('owner');
    await grow(as);
    const remove = () => api.call('DELETE', '/api/account/totp', { as });
    expect(((await remove()).body as unknown as { ways: string[] }).ways).toEqual(['otp', 'recovery']);
    expect((await api.call('POST', '/api/session/proof', { as, body: { password } })).status).toBe(422);
    expect((await api.call('POST', '/api/session/proof', { as, body: { code: await codeOf(secret) } })).status).toBe(204);
    expect((await remove()).status).toBe(204);
    expect((await signIn('owner')).status).toBe(200);
  });
});

test('who lost phone and codes gets everything taken away by an administrator, never by themselves or by who holds less', async () => {
  const { session } = await enrolled('lostall');
  const { id } = await api.database.operations('operators').where({ email: 'lostall@example.it' }).first<{ id: string }>('id');
  const sa = await api.signIn('SA');
  const reset = (as: string, of: string) => api.call('DELETE', `/api/operators/${of}/second-factors`, { as });
  expect(said(await reset(sa, api.organisation.operators.SA))).toEqual({ status: 403, code: 'own_rights' });
  expect(said(await reset(session, api.organisation.operators.SA))).toEqual({ status: 403, code: 'forbidden' });
  expect((await signIn('lostall')).status).toBe(401);
  expect((await reset(sa, id)).status).toBe(204);
  expect((await api.call('GET', '/api/me', { as: session })).status).toBe(401);
  expect((await signIn('lostall')).status).toBe(200);
});

describe('where a second factor is required', () => {
  test('who may cause issuance does nothing before it is set up, and then everything', async () => {
    const as = await strict.signIn('DO');
    expect((await strict.call('GET', '/api/me', { as })).body).toMatchObject({ lacksSecondFactor: true });
    expect(said(await strict.call('GET', '/api/requests', { as }))).toEqual({ status: 403, code: 'second_factor_required' });
    const { secret } = (await strict.call('POST', '/api/account/totp', { as })).body as unknown as Enrolled;
    await strict.call('POST', '/api/account/totp/confirmation', { as, body: { code: await codeOf(secret) } });
    expect((await strict.call('GET', '/api/requests', { as })).status).toBe(200);
    expect((await strict.call('GET', '/api/me', { as })).body).toMatchObject({ lacksSecondFactor: false });
  });

  test.each(['RO', 'HD', 'AO'])('%s, who causes none, needs none', async (login) => {
    const as = await strict.signIn(login);
    expect((await strict.call('GET', '/api/me', { as })).body).toMatchObject({ lacksSecondFactor: false });
    expect((await strict.call('GET', '/api/home', { as })).status).toBe(200);
  });

  test('a session opened by a smart card is enough', async () => {
    const as = await strict.signIn('SA');
    expect((await strict.call('GET', '/api/home', { as })).status).toBe(403);
    await strict.database.operations('sessions').update({ methods: ['sc'] });
    expect((await strict.call('GET', '/api/home', { as })).status).toBe(200);
  });
});

/** The session of a cookie was opened a while ago. */
async function age({ database }: TestApi, cookie: string): Promise<void> {
  const db = database.operations;
  await db('sessions')
    .whereRaw('id_hash = sha256(convert_to(?, ?))', [cookie.split('=')[1] ?? '', 'UTF8'])
    .update({ authenticatedAt: db.raw(`now() - interval '6 minutes'`) });
}
