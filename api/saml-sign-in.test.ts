import { afterAll, beforeAll, expect, test } from 'vitest';

import { startApi, type ApiAnswer, type TestApi } from '../test/support/api.ts';
import {
  samlEntryPoint,
  samlIssuer,
  testSamlProvider,
  type SamlForm,
  type SamlPerson,
  type TestSamlProvider,
} from '../test/support/saml-provider.ts';

let api: TestApi;
let provider: TestSamlProvider;
let id: string;
const site = 'http://127.0.0.1';
const failed = `${site}/sign-in?problem=source_failed`;

beforeAll(async () => {
  [api, provider] = await Promise.all([startApi(), testSamlProvider()]);
  const source = {
    ...{ name: 'Provider', kind: 'saml', enabled: true },
    settings: { entryPoint: samlEntryPoint, idpIssuer: samlIssuer, idpCertificate: provider.certificate },
    mapping: [{ group: 'officers', role: 'RO', unitId: api.organisation.office, visibility: 'office' }],
  };
  id = (await api.call('POST', '/api/sign-in-sources', { as: await api.signIn('SA'), body: source })).body.id;
});
afterAll(() => api.close());

const person = (nameId: string, claims: SamlPerson['claims'] = {}): SamlPerson => ({
  nameId,
  claims: { email: `${nameId}@example.it`, givenName: 'Elena', sn: 'Marchetti', groups: ['officers', 'more'], ...claims },
});

/** A browser that goes to the provider; the address there, and its cookie. */
async function leave(): Promise<{ address: string; cookie: string }> {
  const { headers } = await api.call('GET', `/api/session/sources/${id}?next=/desk`);
  return { address: headers.get('Location') ?? '', cookie: headers.getSetCookie()[0]?.split(';')[0] ?? '' };
}

/** The form of the provider's page is sent, and the browser goes where it is told. */
async function send(form: SamlForm, cookie: string): Promise<ApiAnswer> {
  const posted = await api.call('POST', `/api/session/sources/${id}/callback`, {
    body: new URLSearchParams(form).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'cross-site', Origin: 'https://idp.example' },
  });
  expect(posted.status).toBe(303);
  expect(posted.headers.getSetCookie()).toEqual([]);
  return api.call('GET', (posted.headers.get('Location') ?? '').slice(site.length), { headers: { Cookie: cookie } });
}

async function signIn(who: SamlPerson, changes?: Record<string, unknown>): Promise<ApiAnswer> {
  const { address, cookie } = await leave();
  return send(await provider.answer(address, who, changes), cookie);
}

const sessionOf = ({ headers }: ApiAnswer): string =>
  headers
    .getSetCookie()
    .find((c) => c.startsWith('sid='))
    ?.split(';')[0] ?? '';
const me = async (answer: ApiAnswer) => (await api.call('GET', '/api/me', { as: sessionOf(answer) })).body;

async function expectRefusal(answer: ApiAnswer): Promise<void> {
  expect([answer.headers.get('Location'), sessionOf(answer)]).toEqual([failed, '']);
  expect(await api.database.operations('operators').where('email', 'like', 'evil%')).toEqual([]);
}

test('who signs in at the provider is signed in here, on the page they wanted, with the roles of their groups', async () => {
  const answer = await signIn(person('elena'));
  expect(answer.headers.get('Location')).toBe(`${site}/desk`);
  const first = await me(answer);
  expect(first).toMatchObject({ kind: 'operator', name: 'Elena Marchetti', assignments: [{ role: 'RO' }] });
  const card = { authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI' };
  expect((await me(await signIn(person('elena', { email: 'other@example.it' }), card))).id).toBe(first.id);
  const methods = await api.database.operations('sessions').orderBy('created_at', 'desc').limit(2).pluck<string[][]>('methods');
  expect(methods).toEqual([['sc'], ['pwd']]);
});

test.each<[string, Record<string, unknown>]>([
  ['no signature of its own, though the answer around it is signed', { signAssertion: false, signResponse: true }],
  ['another audience', { audience: 'https://another.example' }],
  ['another issuer', { issuer: 'https://evil.example' }],
  ['another request', { inResponseTo: '_another' }],
  ['no request', { inResponseTo: undefined }],
  ['a time that is over', { lifetimeInSeconds: -600 }],
  ['a name that is another each time', { nameIdentifierFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' }],
])('an assertion with %s is refused', async (_, changes) => {
  await expectRefusal(await signIn(person('evil'), changes));
});

test('an assertion that another key signed is refused', async () => {
  const other = await testSamlProvider();
  const { address, cookie } = await leave();
  await expectRefusal(await send(await other.answer(address, person('evil')), cookie));
});

test.each<[string, (xml: string) => string]>([
  ['was changed', (xml) => xml.replaceAll('evil', 'evil2')],
  [
    'stands beside a forged one',
    (xml) => {
      const assertion = /<(saml:)?Assertion.*<\/(saml:)?Assertion>/s.exec(xml)?.[0] ?? '';
      const unsigned = assertion.replace(/<Signature.*<\/Signature>/s, '').replace(/ID="[^"]*"/, 'ID="_forged"');
      return xml.replace(assertion, unsigned.replaceAll('evil', 'evil3') + assertion);
    },
  ],
])('an assertion that %s is refused', async (_, change) => {
  const { address, cookie } = await leave();
  const form = await provider.answer(address, person('evil'));
  const xml = Buffer.from(form.SAMLResponse, 'base64').toString();
  const changed = change(xml);
  expect(changed).not.toBe(xml);
  await expectRefusal(await send({ ...form, SAMLResponse: Buffer.from(changed).toString('base64') }, cookie));
});

test('an answer counts once, in the browser that left for it', async () => {
  const { address, cookie } = await leave();
  const form = await provider.answer(address, person('fabio'));
  const thief = await leave();
  await expectRefusal(await send(form, thief.cookie));
  expect((await send(form, cookie)).headers.get('Location')).toBe(`${site}/desk`);
  await expectRefusal(await send(form, cookie));
  const victim = await leave();
  const state = new URL(victim.address).searchParams.get('RelayState') ?? '';
  await expectRefusal(await send({ ...form, RelayState: state }, victim.cookie));
});

test('a form of another site is taken there and nowhere else', async () => {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const path = `/api/session/sources/${id}/callback`;
  for (const [method, to] of [
    ['POST', '/api/session'],
    ['POST', `${path}/x`],
  ] as const)
    expect((await api.call(method, to, { headers, body: 'a=b' })).status).toBe(415);
  expect((await api.call('POST', '/api/session', { headers: { 'Sec-Fetch-Site': 'cross-site' }, body: {} })).status).toBe(403);
});

test('the provider imports our metadata', async () => {
  const { text } = await api.call('GET', `/api/session/sources/${id}/metadata`);
  expect(text).toContain(`entityID="${site}/api/session/sources/${id}/metadata"`);
  expect(text).toContain('WantAssertionsSigned="true"');
  expect(text).toContain(`Location="${site}/api/session/sources/${id}/callback"`);
});
