import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { startApi, type ApiAnswer, type TestApi } from '../test/support/api.ts';
import { operator } from '../test/support/api-organisation.ts';
import { testProvider, type ProviderPerson, type TestProvider } from '../test/support/oidc-provider.ts';

let api: TestApi;
let provider: TestProvider;
let sa: string;
let id: string;
const site = 'http://127.0.0.1';
const group = 'smartcms-officers';

beforeAll(async () => {
  [api, provider] = await Promise.all([startApi(), testProvider()]);
  sa = await api.signIn('SA');
  id = (await api.call('POST', '/api/sign-in-sources', { as: sa, body: source() })).body.id;
  provider.accept(`${site}/api/session/sources/${id}/callback`);
});
afterAll(() => Promise.all([api.close(), provider.close()]));
beforeEach(() => db()('identity_sources').where({ id }).update({ enabled: true, linksByEmail: false }));

const db = () => api.database.operations;
const source = (changes: object = {}, settings: object = {}) => ({
  ...{ name: `Provider ${uuid()}`, kind: 'oidc', secret: provider.client.secret, enabled: true },
  settings: { issuer: provider.issuer, clientId: provider.client.id, ...settings },
  mapping: [{ group, role: 'RO', unitId: api.organisation.office, visibility: 'office' }],
  ...changes,
});
const somebody = (sub: string, claims: Record<string, unknown> = {}): ProviderPerson => ({
  claims: {
    ...{ sub, email: `${sub}@example.it`, email_verified: true, given_name: 'Elena', family_name: 'Marchetti' },
    ...{ groups: [group], ...claims },
  },
});

/** A browser: cookies by host, and no redirect followed but by itself. */
function browser() {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (host: string) => jars.get(host) ?? jars.set(host, new Map()).get(host) ?? new Map<string, string>();
  return {
    jarOf,
    async go(url: string): Promise<ApiAnswer | { status: number; headers: Headers }> {
      const { origin, pathname, search } = new URL(url);
      const jar = jarOf(origin);
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const response =
        origin === site
          ? await api.call('GET', pathname + search, { headers: { Cookie: cookie } })
          : await fetch(url, { redirect: 'manual', headers: { Cookie: cookie } });
      for (const set of response.headers.getSetCookie()) {
        const [name = '', value = ''] = (set.split(';')[0] ?? '').split('=');
        if (value === '') jar.delete(name);
        else jar.set(name, value);
      }
      return response;
    },
  };
}
type Browser = ReturnType<typeof browser>;

/** Follows redirects until the address is as wanted, which is not opened. */
async function follow(own: Browser, url: string, until: (url: string) => boolean): Promise<string> {
  for (let hop = 0; hop < 12; hop++) {
    if (until(url)) return url;
    const { status, headers } = await own.go(url);
    const location = headers.get('Location');
    if (location === null) throw new Error(`${url} answers ${status} and leads nowhere`);
    url = new URL(location, url).href;
  }
  throw new Error('too many redirects');
}

const start = (next = '/desk') => `${site}/api/session/sources/${id}?next=${encodeURIComponent(next)}`;
const isBack = (url: string) => url.startsWith(`${site}/api/session/sources/${id}/callback`);
const isPage = (url: string) => url.startsWith(site) && !url.startsWith(`${site}/api/`);
const signIn = (own: Browser, next?: string) => follow(own, start(next), isPage);
const me = async (own: Browser) => {
  const cookie = own.jarOf(site).get('sid');
  return (await api.call('GET', '/api/me', { ...(cookie && { as: `sid=${cookie}` }) })).body;
};
const failed = `${site}/sign-in?problem=source_failed`;

test('who signs in at the provider is signed in here, on the page they wanted, with the roles of their groups', async () => {
  provider.person = { ...somebody('elena'), amr: ['hwk', 'otp', 'unknown'] };
  const own = browser();
  expect(await signIn(own)).toBe(`${site}/desk`);
  const { id: operatorId } = await me(own);
  expect(await me(own)).toMatchObject({ kind: 'operator', name: 'Elena Marchetti', assignments: [{ role: 'RO' }] });
  expect(await db()('sessions').orderBy('created_at', 'desc').first('methods')).toEqual({ methods: ['otp', 'hwk'] });
  const again = browser();
  provider.person = somebody('elena', { email: 'other@example.it', groups: [group, 'more'] });
  await signIn(again);
  expect((await me(again)).id).toBe(operatorId);
  expect(await db()('sessions').orderBy('created_at', 'desc').first('methods')).toEqual({ methods: ['pwd'] });
});

test('whom no group gives a role is refused and told so', async () => {
  provider.person = somebody('dario', { groups: ['guests'] });
  expect(await signIn(browser())).toBe(`${site}/sign-in?problem=source_refused`);
});

test('who declines at the provider comes back to the sign-in page', async () => {
  provider.person = undefined;
  expect(await signIn(browser())).toBe(failed);
});

test('an operator is linked by an address only that the provider has verified', async () => {
  const operatorId = await operator(db(), { login: 'giulia', role: 'BO', unitId: api.organisation.office, visibility: 'office' });
  provider.person = somebody('g-1', { email: 'giulia@example.it' });
  expect(await signIn(browser())).toContain('source_refused');
  await db()('identity_sources').where({ id }).update({ linksByEmail: true });
  provider.person = somebody('g-1', { email: 'giulia@example.it', email_verified: false });
  expect(await signIn(browser())).toContain('source_refused');
  provider.person = somebody('g-1', { email: 'giulia@example.it' });
  const own = browser();
  await signIn(own);
  expect((await me(own)).id).toBe(operatorId);
});

test('an answer counts in the browser that left for it, once, and for its own source', async () => {
  provider.person = somebody('fabio');
  const own = browser();
  const back = await follow(own, start(), isBack);
  expect(await follow(browser(), back, isPage)).toBe(failed);
  const thief = browser();
  await follow(thief, start(), isBack);
  expect(await follow(thief, back, isPage)).toBe(failed);
  const other = (await api.call('POST', '/api/sign-in-sources', { as: sa, body: source() })).body.id;
  expect(await follow(own, back.replace(id, other), isPage)).toBe(failed);
});

test.each<[string, (back: URL) => void]>([
  ['a code of somebody else', (back) => back.searchParams.set('code', 'x'.repeat(43))],
  ['another issuer', (back) => back.searchParams.set('iss', 'https://evil.example')],
  ['another state', (back) => back.searchParams.set('state', 'x'.repeat(43))],
])('%s is refused', async (_, change) => {
  provider.person = somebody('ivo');
  const own = browser();
  const back = new URL(await follow(own, start(), isBack));
  change(back);
  expect(await follow(own, back.href, isPage)).toBe(failed);
  expect(await db()('operators').where({ email: 'ivo@example.it' })).toEqual([]);
});

test('a code that was stolen is worth nothing without what only our journey knows', async () => {
  provider.person = somebody('lia');
  const [victim, thief] = [browser(), browser()];
  const stolen = new URL(await follow(victim, start(), isBack)).searchParams.get('code') ?? '';
  const back = new URL(await follow(thief, start(), isBack));
  back.searchParams.set('code', stolen);
  expect(await follow(thief, back.href, isPage)).toBe(failed);
});

test('an answer comes within ten minutes', async () => {
  provider.person = somebody('mara');
  const own = browser();
  const back = await follow(own, start(), isBack);
  await db()('sign_in_journeys').update({ expiresAt: new Date(Date.now() - 1000) });
  expect(await follow(own, back, isPage)).toBe(failed);
});

test('a fresh session goes to no other site, whatever the link says', async () => {
  provider.person = somebody('nora');
  expect(await signIn(browser(), '//evil.example')).toBe(`${site}/`);
});

test('a source that is off, or away, leads back to the sign-in page; only those that are on are offered', async () => {
  const offered = async () => (await api.call('GET', '/api/meta')).text.includes(id);
  expect(await offered()).toBe(true);
  await db()('identity_sources').where({ id }).update({ enabled: false });
  expect(await offered()).toBe(false);
  expect(await signIn(browser())).toBe(`${failed}&next=%2Fdesk`);
  const away = (await api.call('POST', '/api/sign-in-sources', { as: sa, body: source({}, { issuer: 'http://127.0.0.1:1' }) })).body.id;
  expect(await follow(browser(), `${site}/api/session/sources/${away}`, isPage)).toBe(failed);
  const verdict = (await api.call('POST', `/api/sign-in-sources/${away}/try`, { as: sa, body: {} })).body;
  expect(verdict).toMatchObject({ works: false, problem: expect.stringContaining('http://127.0.0.1:1') as string });
  expect((await api.call('POST', `/api/sign-in-sources/${id}/try`, { as: sa, body: {} })).body).toMatchObject({ works: true });
});
