import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { bindName, LdapSettings, rolesOf, type GroupRole } from './identity-source.ts';

const unitId = '0199a1c2-0000-7000-8000-000000000001';
const give = (group: string, role: string): GroupRole => ({ group, role, unitId, visibility: 'office' });

describe('roles of groups', () => {
  test('names of groups are the same without case and spaces, and nothing else is', () => {
    const mapping = [give('cn=Officers,ou=groups,dc=example,dc=it', 'RO')];
    for (const group of ['cn=officers,ou=groups,dc=example,dc=it', 'CN=Officers, OU=Groups, DC=example, DC=it'])
      expect(rolesOf(mapping, [group])).toHaveLength(1);
    for (const group of ['cn=officers', 'cn=officers2,ou=groups,dc=example,dc=it', 'cn=officers,ou=other,dc=example,dc=it', ''])
      expect(rolesOf(mapping, [group])).toEqual([]);
  });

  test('two groups that give the same role in a unit give it once', () => {
    expect(rolesOf([give('a', 'RO'), give('b', 'RO'), give('b', 'HD')], ['a', 'b']).map(({ role }) => role)).toEqual(['RO', 'HD']);
  });
});

test('a user name stays one value of a DN, whatever is in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (login) => {
      const value = bindName('uid={login},ou=people', login).slice(4, -',ou=people'.length);
      expect(value.replaceAll('\\00', '\0').replaceAll(/\\([\\",+<>;= #])/g, '$1')).toBe(login);
      expect(value).not.toMatch(/(^|[^\\])(\\\\)*[",+<>;=]/);
    }),
  );
});

test('the user principal name of Active Directory is taken as it is', () => {
  expect(bindName('{login}@example.it', 'a.rossi')).toBe('a.rossi@example.it');
});

test.each(['http://x', 'ldaps://', 'ldaps://host/dc=x', 'ldap://host:port', 'ldaps://user:password@host'])(
  '%s is no address of a directory',
  (url) => {
    const settings = { url, baseDn: 'dc=x', loginAttributes: ['uid'], subjectAttribute: 'entryUUID' };
    expect(LdapSettings.safeParse({ ...settings, url: 'ldaps://host:636' }).success).toBe(true);
    expect(LdapSettings.safeParse(settings).success).toBe(false);
  },
);
