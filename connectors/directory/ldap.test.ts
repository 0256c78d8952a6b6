import { createServer, type AddressInfo } from 'node:net';

import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

import type { LdapSettings } from '../../domain/identity-source.ts';
import { dnOf, groups, people, personPassword, service, suffix, testDirectory, type TestDirectory } from '../../test/support/slapd.ts';
import { tlsCa } from '../../test/support/tls.ts';
import { authenticate, tryDirectory, type LdapDirectory } from './ldap.ts';
import { SourceTrouble } from './trouble.ts';

let directory: TestDirectory;
beforeAll(async () => {
  directory = await testDirectory();
  await directory.person('elena');
  await directory.group('officers', ['elena']);
});
afterAll(() => directory.close());

const configured = (changes: Partial<LdapSettings> = {}, password: string | undefined = service.password): LdapDirectory => ({
  settings: {
    ...{ url: directory.ldapsUrl, ca: directory.ca, bindDn: service.dn, baseDn: people, subjectAttribute: 'entryUUID' },
    ...{ loginAttributes: ['uid', 'mail'], ...changes },
  },
  password,
});
const elena = { email: 'elena@example.it', givenName: 'Elena', familyName: 'Marchetti', groups: [`cn=officers,${groups}`] };

test.each<[string, () => Partial<LdapSettings>]>([
  ['LDAPS', () => ({})],
  ['STARTTLS', () => ({ url: directory.ldapUrl })],
  ['groups that list their members', () => ({ groupBaseDn: groups })],
])('a person with the right password is known, by %s', async (_, changes) => {
  for (const login of ['elena', 'ELENA@example.it'])
    expect(await authenticate(configured(changes()), login, personPassword)).toMatchObject(elena);
});

test('a person binds by themselves where a template says how', async () => {
  const { bindDn, ...rest } = configured().settings;
  expect(bindDn).toBeDefined();
  const direct = { settings: { ...rest, userTemplate: `uid={login},${people}` }, password: undefined };
  expect(await authenticate(direct, 'elena', personPassword)).toMatchObject(elena);
  expect(await authenticate(direct, 'elena', 'another')).toBeUndefined();
  expect(await authenticate(direct, `elena,${people}`, personPassword)).toBeUndefined();
});

test.each([
  ['a wrong password', 'elena', 'another'],
  ['an empty password, which a server may take for nobody’s bind', 'elena', ''],
  ['an unknown user', 'nobody', personPassword],
  ['a filter as user name', '*', personPassword],
  ['a filter that would be true', 'x)(|(uid=elena)', personPassword],
  ['the service account', 'smartcms', service.password],
])('%s is nobody', async (_, login, password) => {
  expect(await authenticate(configured(), login, password)).toBeUndefined();
});

test('the subject stays when everything else of a person changes', async () => {
  await directory.person('before');
  const first = await authenticate(configured(), 'before', personPassword);
  await directory.remove(dnOf('before'));
  await directory.person('before');
  const again = await authenticate(configured(), 'before', personPassword);
  expect(again?.email).toBe(first?.email);
  expect(again?.subject).not.toBe(first?.subject);
});

test.each<[string, () => LdapDirectory | Promise<LdapDirectory>, RegExp]>([
  ['the wrong service password', () => configured({}, 'wrong'), /refuses the service account/],
  ['no service password', () => configured({}, ''), /Name the service account/],
  ['a base that is not there', () => configured({ baseDn: `ou=nowhere,${suffix}` }), /NoSuchObject.*32/],
  ['another CA by LDAPS', async () => configured({ ca: (await tlsCa('other')).pem }), /certificate/],
  ['another CA by STARTTLS', async () => configured({ url: directory.ldapUrl, ca: (await tlsCa('other')).pem }), /certificate/],
  ['a server of another name by LDAPS', () => configured({ url: directory.ldapsUrl.replace('localhost', '127.0.0.1') }), /127.0.0.1/],
  ['a server of another name by STARTTLS', () => configured({ url: directory.ldapUrl.replace('localhost', '127.0.0.1') }), /127.0.0.1/],
])('an administrator is told of %s', async (_, wrong, said) => {
  const found = await tryDirectory(await wrong()).catch((error: unknown) => error);
  expect(found).toBeInstanceOf(SourceTrouble);
  expect((found as Error).message).toMatch(said);
  await expect(authenticate(await wrong(), 'elena', personPassword)).rejects.toThrow(SourceTrouble);
});

test('all is well with a directory that is right', async () => {
  await expect(tryDirectory(configured())).resolves.toBeUndefined();
});

test('nothing is sent in clear to a server that does not begin TLS', async () => {
  const heard: Buffer[] = [];
  const eavesdropper = createServer((socket) => socket.on('data', (data) => (heard.push(data), socket.destroy())));
  await new Promise<void>((resolve) => eavesdropper.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void eavesdropper.close());
  const url = `ldap://localhost:${(eavesdropper.address() as AddressInfo).port}`;
  await expect(authenticate(configured({ url }), 'elena', personPassword)).rejects.toThrow(SourceTrouble);
  const text = Buffer.concat(heard).toString('latin1');
  expect(text).toContain('1.3.6.1.4.1.1466.20037');
  for (const secret of [service.dn, service.password, personPassword]) expect(text).not.toContain(secret);
});

test('a directory that is away is trouble, not a wrong password, and works again when it is back', async () => {
  await directory.stop();
  await expect(authenticate(configured(), 'elena', personPassword)).rejects.toThrow(SourceTrouble);
  await directory.start();
  expect(await authenticate(configured(), 'elena', personPassword)).toMatchObject(elena);
});
