import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';

import { startApi, cookieOf, type TestApi } from '../test/support/api.ts';
import { operator, password } from '../test/support/api-organisation.ts';
import { memoryAttempts } from './auth/attempts.ts';
import { hashPassword, passwordMatches } from './auth/password.ts';

const generous = { points: 10_000, seconds: 60 };
let api: TestApi;
let verified = 0;
beforeAll(async () => {
  api = await startApi({
    trustedProxies: ['127.0.0.1/32'],
    passwordMatches: (hash, secret) => {
      verified++;
      return passwordMatches(hash, secret);
    },
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
    .first<{ id: string }>('id');

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

  test('an unknown user costs as much as a known one: both verify one hash, and the database is asked the same', async () => {
    await newOperator('counted');
    const cost = async (login: string) => {
      const statements: string[] = [];
      // An unknown user may be one of a directory: which there are is the one thing that is asked beside.
      const note = ({ sql }: { sql: string }) => void (sql.includes('identity_sources"') || statements.push(sql));
      verified = 0;
      db().on('query', note);
      await signIn(login, 'wrong');
      db().off('query', note);
      return { verified, statements };
    };
    const known = await cost('counted@example.it');
    expect(known.verified).toBe(1);
    expect(known.statements.length).toBeGreaterThan(2);
    expect(await cost('uncounted@example.it')).toEqual(known);
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

  const from = (address: string) => ({ 'X-Forwarded-For': address });

  test('a stranger who guesses makes nobody wait but themselves', async () => {
    await newOperator('victim');
    const guesses = [];
    for (let i = 0; i < 5; i++) guesses.push((await signIn('victim@example.it', 'wrong', from('192.0.2.66'))).body.code);
    expect(guesses).toContain('too_many_attempts');
    expect((await signIn('victim@example.it', password, from('192.0.2.66'))).body.code).toBe('too_many_attempts');
    expect((await signIn('victim@example.it', password, from('198.51.100.7'))).status).toBe(200);
  });

  test('of IPv6 a whole /64 is one side', async () => {
    await newOperator('sixth');
    for (let i = 0; i < 3; i++) await signIn('sixth@example.it', 'wrong', from(`2001:db8:1:2::${i}`));
    expect((await signIn('sixth@example.it', password, from('2001:db8:1:2:ffff::1'))).body.code).toBe('too_many_attempts');
    expect((await signIn('sixth@example.it', password, from('2001:db8:1:3::1'))).status).toBe(200);
  });

  test('where somebody signed in from lately they never wait, whoever fails there', async () => {
    await newOperator('usual');
    expect((await signIn('usual@example.it', password, from('203.0.113.5'))).status).toBe(200);
    for (let i = 0; i < 6; i++) await signIn('usual@example.it', 'wrong', from('203.0.113.5'));
    expect((await signIn('usual@example.it', password, from('203.0.113.5'))).status).toBe(200);
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
