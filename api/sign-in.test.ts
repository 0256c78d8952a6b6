import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';

import { startApi, cookieOf, type TestApi } from '../test/support/api.ts';
import { operator, password } from '../test/support/api-organisation.ts';
import { memoryAttempts } from './auth/attempts.ts';
import { hashPassword } from './auth/password.ts';

const generous = { points: 10_000, seconds: 60 };
let api: TestApi;
beforeAll(async () => {
  api = await startApi({
    attempts: memoryAttempts({ signInByAddress: generous, activationByAddress: generous, activationBySerial: generous }),
  });
});
afterAll(() => api.close());

const signIn = (login: string, secret: string, headers: Record<string, string> = {}) =>
  api.call('POST', '/api/session', { body: { login, password: secret }, headers });
const db = () => api.database.operations;
const newOperator = (login: string) => operator(db(), { login, role: 'RO', unitId: api.organisation.office, visibility: 'office' });
const accountOf = (login: string) =>
  db()('accounts')
    .where({ login: `${login}@example.it` })
    .first<{ id: string; failures: number; nextAttemptAt: Date | null }>();

test('passwords are argon2id with 19 MiB, two passes and one lane', async () => {
  expect(await hashPassword('x')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

test('signing in answers who one is; the login is known in any case and with blanks around', async () => {
  const answer = await signIn('  RO@Example.IT ', password);
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ kind: 'operator', id: api.organisation.operators.RO, assignments: [{ role: 'RO' }] });
  expect(answer.text).not.toMatch(/argon2|passwordHash/);
});

describe('the cookie', () => {
  test('on plain loopback http: HttpOnly, Lax, whole host, no Domain', async () => {
    const [cookie] = (await signIn('ro@example.it', password)).headers.getSetCookie();
    expect(cookie).toMatch(/^sid=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  test('on https: __Host- and Secure', async () => {
    const secure = await startApi({ publicUrl: 'https://cms.example.it' });
    try {
      const answer = await secure.call('POST', '/api/session', { body: { login: 'ro@example.it', password } });
      expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-sid=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    } finally {
      await secure.close();
    }
  });

  test('its value is nowhere in the database', async () => {
    const token = cookieOf(await signIn('ro@example.it', password)).split('=')[1] ?? '';
    const { rows } = await db().raw<{ rows: { all: string }[] }>(`select coalesce(string_agg(s::text, ' '), '') as all from sessions s`);
    expect(rows[0]?.all).not.toContain(token);
    expect(rows[0]?.all).not.toContain(Buffer.from(token).toString('hex'));
  });

  test('signing in again gives another session and ends the one that was brought along', async () => {
    const first = cookieOf(await signIn('ro@example.it', password));
    const second = cookieOf(await signIn('ro@example.it', password, { Cookie: first }));
    expect(second).not.toBe(first);
    expect((await api.call('GET', '/api/me', { as: first })).status).toBe(401);
    expect((await api.call('GET', '/api/me', { as: second })).status).toBe(200);
  });

  test('a session id that the client made up is not taken over', async () => {
    const planted = `sid=${'A'.repeat(43)}`;
    expect(cookieOf(await signIn('ro@example.it', password, { Cookie: planted }))).not.toBe(planted);
  });

  test('after signing out it is worth nothing', async () => {
    const cookie = await api.signIn('RO');
    const answer = await api.call('DELETE', '/api/session', { as: cookie });
    expect([answer.status, answer.headers.getSetCookie()[0]]).toEqual([204, 'sid=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0']);
    expect((await api.call('GET', '/api/me', { as: cookie })).status).toBe(401);
  });

  test.each([
    ['half an hour unused', { lastSeenAt: new Date(Date.now() - 31 * 60_000) }],
    ['its absolute end', { expiresAt: new Date(Date.now() - 1) }],
  ])('after %s it is worth nothing', async (_, change) => {
    const login = `old${Object.keys(change)[0]?.toLowerCase()}`;
    await newOperator(login);
    const cookie = await api.signIn(login);
    await db()('sessions')
      .where({ accountId: (await accountOf(login))?.id })
      .update(change);
    expect((await api.call('GET', '/api/me', { as: cookie })).body.code).toBe('not_signed_in');
  });

  test('a session ends after twelve hours whatever happens', async () => {
    await newOperator('longday');
    await api.signIn('longday');
    const session = await db()('sessions')
      .where({ accountId: (await accountOf('longday'))?.id })
      .first<{ expiresAt: Date }>();
    expect((session.expiresAt.getTime() - Date.now()) / 3_600_000).toBeCloseTo(12, 1);
  });

  test.each([
    ['an hour back', -1],
    ['a day back', -24],
    ['400 days forward', 400 * 24],
  ])('also where the clock of the process is %s', async (_, hours) => {
    const login = `clock${hours}`.replace('-', 'minus');
    await newOperator(login);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * 3_600_000 });
    onTestFinished(() => void vi.useRealTimers());
    const cookie = await api.signIn(login);
    const { rows } = await db().raw<{ rows: { hours: number }[] }>(
      'select extract(epoch from expires_at - now())::float8 / 3600 as hours from sessions where account_id = ?',
      [(await accountOf(login))?.id ?? ''],
    );
    expect(rows[0]?.hours).toBeCloseTo(12, 1);
    await db()('sessions')
      .where({ accountId: (await accountOf(login))?.id })
      .update({ lastSeenAt: db().raw(`now() - interval '10 minutes'`) });
    await api.call('GET', '/api/me', { as: cookie });
    const [used] = (await db()('sessions')
      .where({ accountId: (await accountOf(login))?.id })
      .whereRaw(`last_seen_at > now() - interval '1 minute'`)) as unknown[];
    expect(used).toBeDefined();
  });
});

describe('failures', () => {
  test('unknown user, wrong password and an operator who left answer word for word alike', async () => {
    await newOperator('left');
    await db()('operators').where({ email: 'left@example.it' }).update({ active: false });
    const answers = await Promise.all([
      signIn('nobody@example.it', password),
      signIn('hd@example.it', 'wrong'),
      signIn('left@example.it', password),
    ]);
    const seen = answers.map(({ status, body }) => ({ status, ...body, instance: '' }));
    expect(seen[0]).toMatchObject({ status: 401, code: 'sign_in_failed' });
    expect(new Set(seen.map((s) => JSON.stringify(s))).size).toBe(1);
  });

  test('an unknown user takes as long as a known one: both verify a hash', async () => {
    const median = async (login: (i: number) => string) => {
      const times: number[] = [];
      for (let i = 0; i < 15; i++) {
        const started = performance.now();
        await signIn(login(i), 'wrong');
        times.push(performance.now() - started);
      }
      return times.sort((a, b) => a - b)[7] ?? 0;
    };
    for (let i = 0; i < 15; i++) await newOperator(`timed${i}`);
    const [known, unknown] = [await median((i) => `timed${i}@example.it`), await median((i) => `untimed${i}@example.it`)];
    // Verifying takes tens of milliseconds; without it an unknown user would answer in a few.
    expect(unknown / known).toBeGreaterThan(0.5);
    expect(unknown / known).toBeLessThan(2);
  });

  test.each([
    ['a known user', 'brute@example.it'],
    ['an unknown one', 'ghost@example.it'],
  ])('guessing at %s is slowed down ever more, with the time to wait', async (_, login) => {
    if (login.startsWith('brute')) await newOperator('brute');
    const codes = [];
    for (let i = 0; i < 4; i++) codes.push((await signIn(login, 'wrong')).body.code);
    expect(codes).toEqual(['sign_in_failed', 'sign_in_failed', 'sign_in_failed', 'too_many_attempts']);
    expect(Number((await signIn(login, 'wrong')).headers.get('Retry-After'))).toBeGreaterThanOrEqual(1);
  });

  test('a stranger who guesses does not lock the person out who signed in from here before', async () => {
    await newOperator('victim');
    await api.signIn('victim');
    await db()('accounts')
      .where({ login: 'victim@example.it' })
      .update({ failures: 9, nextAttemptAt: new Date(Date.now() + 300_000) });
    const cookie = await api.signIn('victim');
    expect((await api.call('GET', '/api/me', { as: cookie })).status).toBe(200);
    expect(await accountOf('victim')).toMatchObject({ failures: 0, nextAttemptAt: null });
  });

  test('elsewhere the delay ends by itself: it is never a lock', async () => {
    await newOperator('slowed');
    await db()('accounts')
      .where({ login: 'slowed@example.it' })
      .update({ failures: 50, nextAttemptAt: new Date(Date.now() + 300_000) });
    expect((await signIn('slowed@example.it', password)).body.code).toBe('too_many_attempts');
    await db()('accounts')
      .where({ login: 'slowed@example.it' })
      .update({ nextAttemptAt: new Date(Date.now() - 1) });
    expect((await signIn('slowed@example.it', password)).status).toBe(200);
  });

  test('one address cannot try many users', async () => {
    const strict = await startApi({
      attempts: memoryAttempts({
        signInByAddress: { points: 3, seconds: 60 },
        activationByAddress: generous,
        activationBySerial: generous,
      }),
    });
    try {
      const statuses = [];
      for (let i = 0; i < 5; i++) {
        const headers = { 'X-Forwarded-For': `10.0.0.${i}`, Forwarded: `for=10.0.0.${i}` };
        statuses.push((await strict.call('POST', '/api/session', { body: { login: `u${i}@example.it`, password: 'x' }, headers })).status);
      }
      expect(statuses).toEqual([401, 401, 401, 429, 429]);
    } finally {
      await strict.close();
    }
  });

  test('a session says how its person proved who they are, and when', async () => {
    await newOperator('proven');
    await api.signIn('proven');
    const session = await db()('sessions')
      .where({ accountId: (await accountOf('proven'))?.id })
      .first<{ methods: string[]; authenticatedAt: Date; createdAt: Date }>();
    expect(session).toMatchObject({ methods: ['pwd'], authenticatedAt: session.createdAt });
  });

  test('each sign-in and each failure is audited, without what was typed', async () => {
    await newOperator('audited');
    await signIn('audited@example.it', 'my-typed-secret');
    await signIn('my-other-secret', 'x');
    await api.signIn('audited');
    const { rows } = await db().raw<{ rows: { kind: string; row: string }[] }>(
      `select detail ->> 'kind' as kind, o::text as row from audit_outbox o`,
    );
    expect(rows.map((r) => r.kind)).toEqual(expect.arrayContaining(['sign_in', 'sign_in_failed']));
    expect(rows.filter((r) => /my-(typed|other)-secret/.test(r.row))).toEqual([]);
  });

  test.each([
    [{ login: '', password: '' }],
    [{ login: 'ro@example.it' }],
    [{ login: ['ro@example.it'], password: { $ne: null } }],
    [{ login: 'ro@example.it\u0000', password: 'x' }],
    [{ login: '*)(uid=*', password: 'x'.repeat(201) }],
  ])('%j is refused before anything is looked up', async (body) => {
    expect((await api.call('POST', '/api/session', { body })).body.code).toBe('invalid_input');
  });
});
