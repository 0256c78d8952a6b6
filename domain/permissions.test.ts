import { expect, test } from 'vitest';

import { mayChange, permissions, roleCodes, shippedRoles, type Permission } from './permissions.ts';

test('an audit officer changes nothing', () => {
  expect(shippedRoles.AO.filter((p: Permission) => mayChange(p))).toEqual([]);
});

test('only the audit officer reads the audit', () => {
  expect(roleCodes.filter((r) => (shippedRoles[r] as readonly Permission[]).includes('audit.read'))).toEqual(['AO']);
});

test('the registration officer cannot decide, the administrator sees no personal data', () => {
  expect(shippedRoles.RO).not.toContain('request.decide');
  expect((shippedRoles.SA as readonly Permission[]).filter((p) => /^(holder|request|device)\./.test(p))).toEqual([]);
});

test('every permission is given by some role', () => {
  const given = new Set(roleCodes.flatMap((r) => shippedRoles[r] as readonly Permission[]));
  expect(permissions.filter((p) => !given.has(p))).toEqual([]);
});
