import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { operator, password } from '../test/support/api-organisation.ts';
import { cookieOf, startApi, type ApiAnswer, type TestApi } from '../test/support/api.ts';
import { softAuthenticator, type Wrongly } from '../test/support/soft-authenticator.ts';
import { memoryAttempts } from './auth/attempts.ts';

const origin = 'https://cms.example.it';
const generous = { points: 10_000, seconds: 60 };
let api: TestApi;
beforeAll(async () => {
  api = await startApi({ publicUrl: origin, attempts: memoryAttempts({ signInByAddress: generous, factorByAccount: generous }) });
});
afterAll(() => api.close());

type Authenticator = ReturnType<typeof softAuthenticator>;
interface Options {
  challenge: string;
  rp: { id: string };
  rpId: string;
  allowCredentials: { id: string }[];
  excludeCredentials: { id: string }[];
  authenticatorSelection: { userVerification: string };
  userVerification: string;
}
const said = ({ status, body }: ApiAnswer) => ({ status, code: body.code });
const optionsAt = async (path: string, as: string): Promise<Options> =>
  ((await api.call('POST', path, { as })).body as unknown as { options: Options }).options;
const signIn = (login: string) => api.call('POST', '/api/session', { body: { login: `${login}@example.it`, password } });

async function add(as: string, authenticator: Authenticator, { name = 'Laptop', wrongly = {} }: { name?: string; wrongly?: Wrongly } = {}) {
  const options = await optionsAt('/api/account/passkeys/options', as);
  return api.call('POST', '/api/account/passkeys', { as, body: { name, passkey: authenticator.create(options, wrongly) } });
}
/** Somebody new with a passkey. */
async function withPasskey(login: string): Promise<{ as: string; authenticator: Authenticator }> {
  await operator(api.database.operations, { login, role: 'DO', unitId: api.organisation.office, visibility: 'office' });
  const as = cookieOf(await signIn(login));
  const authenticator = softAuthenticator(origin);
  expect((await add(as, authenticator)).status).toBe(201);
  return { as, authenticator };
}
/** The second step of a fresh sign-in by this passkey. */
async function enters(login: string, authenticator: Authenticator, wrongly: Wrongly = {}): Promise<ApiAnswer> {
  const pending = cookieOf(await signIn(login));
  const options = await optionsAt('/api/session/second-factor/options', pending);
  return api.call('POST', '/api/session/second-factor', { as: pending, body: { passkey: authenticator.get(options, wrongly) } });
}

test('a passkey is made for this installation and its user, is asked for at sign-in, and says how it proved', async () => {
  await operator(api.database.operations, { login: 'first', role: 'DO', unitId: api.organisation.office, visibility: 'office' });
  const as = cookieOf(await signIn('first'));
  const made = await optionsAt('/api/account/passkeys/options', as);
  expect(made).toMatchObject({
    rp: { id: 'cms.example.it' },
    authenticatorSelection: { userVerification: 'required' },
    excludeCredentials: [],
  });
  const authenticator = softAuthenticator(origin);
  const added = await api.call('POST', '/api/account/passkeys', {
    as,
    body: { name: 'Office laptop', passkey: authenticator.create(made) },
  });
  expect((added.body as unknown as { codes: string[] }).codes).toHaveLength(10);
  expect((await api.call('GET', '/api/account', { as })).body).toMatchObject({ passkeys: [{ name: 'Office laptop', synced: false }] });

  const first = await signIn('first');
  expect({ ...said(first), ways: (first.body as unknown as { ways: string[] }).ways }).toEqual({
    status: 401,
    code: 'second_factor_needed',
    ways: ['passkey', 'recovery'],
  });
  expect(await optionsAt('/api/session/second-factor/options', cookieOf(first))).toMatchObject({
    rpId: 'cms.example.it',
    userVerification: 'required',
    allowCredentials: [{ id: authenticator.create(made).id }],
  });
  expect((await enters('first', authenticator)).status).toBe(200);
  expect(await api.database.operations('sessions').orderBy('createdAt', 'desc').first('methods')).toEqual({ methods: ['pwd', 'hwk'] });
});

test('several a person; one authenticator is added once; the last one that goes takes the recovery codes along', async () => {
  const { as, authenticator } = await withPasskey('several');
  expect(said(await add(as, authenticator))).toEqual({ status: 409, code: 'duplicate' });
  const another = softAuthenticator(origin);
  expect(((await add(as, another, { name: 'Key' })).body as unknown as { codes: string[] }).codes).toEqual([]);
  for (const one of [authenticator, another]) expect((await enters('several', one)).status).toBe(200);
  const { passkeys } = (await api.call('GET', '/api/account', { as })).body as unknown as { passkeys: { id: string }[] };
  const stranger = (await withPasskey('strange')).as;
  expect((await api.call('DELETE', `/api/account/passkeys/${passkeys[0]?.id}`, { as: stranger })).status).toBe(404);
  for (const { id } of passkeys) expect((await api.call('DELETE', `/api/account/passkeys/${id}`, { as })).status).toBe(204);
  expect((await api.call('GET', '/api/account', { as })).body).toMatchObject({ passkeys: [], recoveryCodes: 0 });
  expect((await signIn('several')).status).toBe(200);
});

describe('refused is a passkey', () => {
  const wrongs: [string, Wrongly][] = [
    ['made on another site', { origin: 'https://cms.example.org' }],
    ['of another name', { rpId: 'example.org' }],
    ['whose user was not verified', { verified: false }],
    ['that signs something else', { challenge: Buffer.from('something else that is long').toString('base64url') }],
  ];

  test.each(wrongs)('%s, when it is added', async (what, wrongly) => {
    const login = `add${wrongs.findIndex(([name]) => name === what)}`;
    await operator(api.database.operations, { login, role: 'DO', unitId: api.organisation.office, visibility: 'office' });
    const as = cookieOf(await signIn(login));
    expect(said(await add(as, softAuthenticator(origin), { wrongly }))).toEqual({ status: 422, code: 'factor_wrong' });
    expect((await signIn(login)).status).toBe(200);
  });

  test.each(wrongs)('%s, when it signs in', async (what, wrongly) => {
    const login = `get${wrongs.findIndex(([name]) => name === what)}`;
    const { authenticator } = await withPasskey(login);
    expect(said(await enters(login, authenticator, wrongly))).toEqual({ status: 422, code: 'factor_wrong' });
  });

  test('whose counter went back, as of a copy', async () => {
    const { authenticator } = await withPasskey('copied');
    expect((await enters('copied', authenticator, { counter: 7 })).status).toBe(200);
    expect((await enters('copied', authenticator, { counter: 7 })).status).toBe(422);
    expect((await enters('copied', authenticator, { counter: 8 })).status).toBe(200);
  });

  test('of somebody else', async () => {
    const { authenticator } = await withPasskey('owns');
    await withPasskey('other');
    expect((await enters('other', authenticator)).status).toBe(422);
  });

  test('that answers a second time what was asked once', async () => {
    const { as, authenticator } = await withPasskey('replays');
    const options = await optionsAt('/api/session/proof/options', as);
    const prove = (passkey: unknown) => api.call('POST', '/api/session/proof', { as, body: { passkey } });
    expect((await prove(authenticator.get(options))).status).toBe(204);
    expect((await prove(authenticator.get(options))).status).toBe(422);
  });
});

test('an installation that is reached by an address has no passkeys', async () => {
  const local = await startApi();
  try {
    expect((await local.call('GET', '/api/meta')).body).toMatchObject({ passkeys: false });
    const as = await local.signIn('DO');
    expect((await local.call('POST', '/api/account/passkeys/options', { as })).body.code).toBe('not_supported');
  } finally {
    await local.close();
  }
});
