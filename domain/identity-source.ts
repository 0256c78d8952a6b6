import { z } from 'zod';

import { visibilities } from './actor.ts';
import { text } from './holder.ts';
import { NamedRole } from './role.ts';

const attribute = z.string().regex(/^[A-Za-z][A-Za-z0-9;.-]{0,99}$/, 'The name of an attribute, such as mail');
const dn = text(500);

const pem = (message: string) =>
  z
    .string()
    .regex(/^-----BEGIN CERTIFICATE-----/, message)
    .max(50_000);

/** A directory. `ldaps://` is TLS from the start, `ldap://` STARTTLS, without which nothing is sent. */
export const LdapSettings = z.strictObject({
  url: z.string().regex(/^ldaps?:\/\/[^\s/:]+(:\d{1,5})?$/, 'Write ldaps://host:port, or ldap://host:port for STARTTLS'),
  /** The CA of the directory, where it is not a public one. */
  ca: pem('Paste the CA as PEM (-----BEGIN CERTIFICATE-----)').optional(),
  /** Searches for who signs in; its password is the secret. Absent: whoever signs in binds by `userTemplate` and reads the own entry. */
  bindDn: dn.optional(),
  /** `{login}@example.it` or `uid={login},ou=people,dc=example,dc=it`. */
  userTemplate: z.string().max(500).includes('{login}', 'Write {login} where the user name goes').optional(),
  baseDn: dn,
  /** What people type as user name. */
  loginAttributes: z.array(attribute).min(1, 'Name at least one attribute').max(5),
  /** What names a person for ever: `entryUUID`, in Active Directory `objectGUID`. */
  subjectAttribute: attribute,
  /** Where groups are that list their members; absent: the entry of the person lists its groups in `memberOf`. */
  groupBaseDn: dn.optional(),
});
export type LdapSettings = z.infer<typeof LdapSettings>;

/** What the members of a group become here. */
export const GroupRole = z
  .strictObject({ group: text(500), role: NamedRole, unitId: z.uuid(), visibility: z.enum(visibilities) })
  .meta({ id: 'GroupRole' });
export type GroupRole = z.infer<typeof GroupRole>;

/** Plain http only on this machine, for tests. */
const isHttpsOrLocal = (url: string): boolean => url.startsWith('https:') || /^http:\/\/(localhost|127\.0\.0\.1)[:/]/.test(url);
const overHttps = 'Must be https: who signs in is told there';

/** A provider of single sign-on by OpenID Connect; the client secret is the secret. */
export const OidcSettings = z.strictObject({
  /** As it names itself: its configuration is at `/.well-known/openid-configuration` below. */
  issuer: z.url({ protocol: /^https?$/, error: 'Write the address of the issuer, https://...' }).refine(isHttpsOrLocal, overHttps),
  clientId: z.string().min(1).max(200),
  /** Beside `openid`. */
  scopes: z.string().max(200).default('profile email'),
  /** The claim that lists the groups. */
  groupsClaim: z.string().min(1).max(100).default('groups'),
});
export type OidcSettings = z.infer<typeof OidcSettings>;

/** A provider of single sign-on by SAML 2.0 (web browser SSO, redirect and POST). It has no secret. */
export const SamlSettings = z.strictObject({
  entryPoint: z.url({ protocol: /^https?$/, error: 'Write the address of the provider, https://...' }).refine(isHttpsOrLocal, overHttps),
  /** Its entity id. */
  idpIssuer: z.string().min(1).max(500),
  /** What it signs assertions with. */
  idpCertificate: pem('Paste the certificate as PEM (-----BEGIN CERTIFICATE-----)'),
  emailAttribute: z.string().min(1).max(200).default('email'),
  givenNameAttribute: z.string().min(1).max(200).default('givenName'),
  familyNameAttribute: z.string().min(1).max(200).default('sn'),
  groupsAttribute: z.string().min(1).max(200).default('groups'),
});
export type SamlSettings = z.infer<typeof SamlSettings>;

const configurations = [
  z.strictObject({ kind: z.literal('ldap'), settings: LdapSettings }),
  z.strictObject({ kind: z.literal('oidc'), settings: OidcSettings }),
  z.strictObject({ kind: z.literal('saml'), settings: SamlSettings }),
] as const;

/** What a source is and how it is reached. */
export const SourceSettings = z.discriminatedUnion('kind', configurations);
export type SourceSettings = z.infer<typeof SourceSettings>;

const common = {
  name: text(60),
  /** Absent: as it was. */
  secret: z.string().min(1).max(500).nullable().optional(),
  /** An operator who is here already is known by the e-mail address, and signs in through the source from then on. */
  linksByEmail: z.boolean().default(false),
  enabled: z.boolean().default(false),
  mapping: z.array(GroupRole).max(200).default([]),
};

/** A source as an administrator writes it. */
export const SourceInput = z.discriminatedUnion('kind', [
  configurations[0].extend(common),
  configurations[1].extend(common),
  configurations[2].extend(common),
]);
export type SourceInput = z.infer<typeof SourceInput>;

/** A person as the source tells of them, once they have proved who they are. */
export interface Identity {
  /** What names them for ever in this source. */
  subject: string;
  email: string;
  /** False where the source lets people claim any address. */
  emailVerified: boolean;
  givenName: string;
  familyName: string;
  groups: readonly string[];
}

/** The roles that somebody's groups give. Names of groups are compared as directories do it: without case, and without spaces between the parts of a DN. */
export function rolesOf(mapping: readonly GroupRole[], groups: readonly string[]): Omit<GroupRole, 'group'>[] {
  const mine = new Set(groups.map(sameGroup));
  const given = mapping.filter(({ group }) => mine.has(sameGroup(group)));
  return [...new Map(given.map(({ role, unitId, visibility }) => [`${role} ${unitId}`, { role, unitId, visibility }])).values()];
}

const sameGroup = (group: string): string =>
  group
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/\s*([,=])\s*/g, '$1')
    .trim();

/** The name to bind with. In a DN the user name is escaped (RFC 4514 2.4), so that it stays one value. */
export const bindName = (template: string, login: string): string =>
  template.replaceAll('{login}', () => (template.includes('=') ? escapeDnValue(login) : login));

export const escapeDnValue = (value: string): string =>
  value
    .replaceAll(/[\\",+<>;=]/g, (char) => `\\${char}`)
    .replaceAll('\0', '\\00')
    .replace(/^[ #]/, (char) => `\\${char}`)
    .replace(/ $/, '\\ ');
