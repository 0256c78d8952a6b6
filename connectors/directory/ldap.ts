import { isIP } from 'node:net';

import { AndFilter, Client, EqualityFilter, OrFilter, ResultCodeError, type Entry } from 'ldapts';

import { bindName, type Identity, type LdapSettings } from '../../domain/identity-source.ts';
import { SourceTrouble } from './trouble.ts';

/** A directory as it is configured, with the password of its service account. */
export interface LdapDirectory {
  settings: LdapSettings;
  password: string | undefined;
}

const timeoutMs = 5000;
const personAttributes = ['mail', 'givenName', 'sn', 'memberOf'];

/**
 * Who has this user name and password, by binding with them: undefined for an unknown user and for a wrong password. An empty password is never sent:
 * a server takes that for an unauthenticated bind and says yes (RFC 4513 5.1.2).
 */
export async function authenticate(directory: LdapDirectory, login: string, password: string): Promise<Identity | undefined> {
  if (password === '') return undefined;
  return directory.settings.userTemplate === undefined
    ? bindAfterSearch(directory, login, password)
    : bindDirectly(directory, { login, password, name: bindName(directory.settings.userTemplate, login) });
}

/** The service account looks for the person, who then binds on a connection of their own. */
const bindAfterSearch = (directory: LdapDirectory, login: string, password: string): Promise<Identity | undefined> =>
  connected(directory.settings, async (service) => {
    await bindService(service, directory);
    const entry = await find(service, directory.settings, login);
    // An unknown user costs the same round trips as a known one.
    const name = entry?.dn ?? `cn=nobody,${directory.settings.baseDn}`;
    const isRight = await connected(directory.settings, (own) => binds(own, name, password));
    return entry && isRight ? identityOf(service, directory.settings, entry) : undefined;
  });

const bindDirectly = ({ settings }: LdapDirectory, { login, password, name }: { login: string; password: string; name: string }) =>
  connected(settings, async (own) => {
    if (!(await binds(own, name, password))) return undefined;
    const entry = await find(own, settings, login);
    if (!entry) throw new SourceTrouble(`${name} can sign in, but finds no entry of its own below ${settings.baseDn}. Is the base right?`);
    return identityOf(own, settings, entry);
  });

/** Throws what is wrong with address, TLS, service account or base. */
export const tryDirectory = (directory: LdapDirectory): Promise<void> =>
  connected(directory.settings, async (client) => {
    if (directory.settings.bindDn !== undefined) await bindService(client, directory);
    if (directory.settings.userTemplate === undefined) await find(client, directory.settings, 'nobody');
  });

async function connected<T>({ url, ca }: LdapSettings, work: (client: Client) => Promise<T>): Promise<T> {
  const host = new URL(url).hostname;
  const tls = { host, minVersion: 'TLSv1.2' as const, ...(isIP(host) === 0 && { servername: host }), ...(ca && { ca }) };
  const isTls = url.startsWith('ldaps:');
  const client = new Client({ url, timeout: timeoutMs, connectTimeout: timeoutMs, strictDN: false, ...(isTls && { tlsOptions: tls }) });
  try {
    if (!isTls) await client.startTLS(tls);
    return await work(client);
  } catch (error) {
    throw error instanceof SourceTrouble ? error : new SourceTrouble(`${url}: ${reasonOf(error)}`, { cause: error });
  } finally {
    await client.unbind().catch(() => undefined);
  }
}

/** Messages of servers may name people; codes and those of our own side do not. */
const reasonOf = (error: unknown): string =>
  error instanceof ResultCodeError ? `${error.name} (${error.code})` : error instanceof Error ? error.message : 'unknown';

async function bindService(client: Client, { settings: { bindDn }, password }: LdapDirectory): Promise<void> {
  if (bindDn === undefined || !password)
    throw new SourceTrouble('Name the service account and its password, or how people bind themselves.');
  if (!(await binds(client, bindDn, password)))
    throw new SourceTrouble(`The directory refuses the service account ${bindDn}: is its password right?`);
}

/** False when the server refuses this name with this password, for whatever reason it gives (also: locked, expired). */
async function binds(client: Client, name: string, password: string): Promise<boolean> {
  try {
    await client.bind(name, password);
    return true;
  } catch (error) {
    if (error instanceof ResultCodeError && refusals.has(error.code)) return false;
    throw error;
  }
}

/** RFC 4511 A.1: noSuchObject, invalidDNSyntax, inappropriateAuthentication, invalidCredentials, constraintViolation and unwillingToPerform (locked). */
const refusals = new Set([32, 34, 48, 49, 19, 53]);

/** Undefined where nobody, or more than one, has this user name. */
async function find(
  client: Client,
  { baseDn, loginAttributes, subjectAttribute }: LdapSettings,
  login: string,
): Promise<Entry | undefined> {
  const names = loginAttributes.map((attribute) => new EqualityFilter({ attribute, value: login }));
  const filter = new AndFilter({
    filters: [new EqualityFilter({ attribute: 'objectClass', value: 'person' }), new OrFilter({ filters: names })],
  });
  const attributes = [...personAttributes, subjectAttribute];
  const { searchEntries } = await client.search(baseDn, { scope: 'sub', filter, attributes, explicitBufferAttributes: [subjectAttribute] });
  return searchEntries.length === 1 ? searchEntries[0] : undefined;
}

async function identityOf(client: Client, settings: LdapSettings, entry: Entry): Promise<Identity> {
  const { subjectAttribute } = settings;
  const subject = values(entry, subjectAttribute)[0];
  const [email, givenName, familyName] = ['mail', 'givenName', 'sn'].map((attribute) => values(entry, attribute)[0]?.toString());
  if (!subject || !email || !familyName)
    throw new SourceTrouble(
      `The entry ${entry.dn} lacks ${!subject ? subjectAttribute : !email ? 'mail' : 'sn'}, which the service account must see.`,
    );
  return {
    subject: /guid$/i.test(subjectAttribute) ? Buffer.from(subject).toString('hex') : subject.toString(),
    email,
    emailVerified: true,
    givenName: givenName ?? '',
    familyName,
    groups:
      settings.groupBaseDn === undefined ? values(entry, 'memberOf').map(String) : await groupsOf(client, settings.groupBaseDn, entry.dn),
  };
}

async function groupsOf(client: Client, groupBaseDn: string, member: string): Promise<string[]> {
  const filters = ['member', 'uniqueMember'].map((attribute) => new EqualityFilter({ attribute, value: member }));
  const found = await client.search(groupBaseDn, { scope: 'sub', filter: new OrFilter({ filters }), attributes: ['1.1'], paged: true });
  return found.searchEntries.map(({ dn }) => dn);
}

/** Servers write the names of attributes in their own case. */
function values(entry: Entry, attribute: string): (string | Buffer)[] {
  const name = Object.keys(entry).find((key) => key.toLowerCase() === attribute.toLowerCase());
  return name === undefined ? [] : [entry[name] ?? []].flat();
}
