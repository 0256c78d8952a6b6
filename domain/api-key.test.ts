import fc from 'fast-check';
import { expect, test } from 'vitest';

import { permits, sees, visibilities, type Actor, type Assignment } from './actor.ts';
import { keyPermissions, mayBeOnKey, narrowed } from './api-key.ts';
import type { OperatorId, UnitId } from './ids.ts';
import { permissions } from './permissions.ts';

const paths = ['r', 'r.a', 'r.a.x', 'r.a.y', 'r.b', 'r.b.z', 'r.ab'];
const anyAssignment = fc
  .record({
    unitPath: fc.constantFrom(...paths),
    visibility: fc.constantFrom(...visibilities),
    permissions: fc.subarray([...permissions]),
  })
  .map((a): Assignment => ({ id: 'i', role: 'X', unitId: 'u' as UnitId, ...a }));
const anyScope = fc.record({ permissions: fc.subarray([...permissions]), unitPath: fc.constantFrom(...paths) });
const actor = (assignments: Assignment[]): Actor => ({
  ...{ kind: 'operator', id: 'me' as OperatorId, name: 'Me', assignments, via: 'api_key', sessionId: 's' },
});
const isWithin = (path: string, top: string) => `${path}.`.startsWith(`${top}.`);

test('a row shows to a key when it shows to its owner, lies within its unit, and the key has the permission', () => {
  fc.assert(
    fc.property(
      fc.array(anyAssignment, { maxLength: 3 }),
      anyScope,
      fc.record({ unitPath: fc.constantFrom(...paths), registeredBy: fc.constantFrom('me', 'other', null) }),
      fc.constantFrom(...permissions),
      (assignments, scope, row, permission) => {
        const onKey = scope.permissions.includes(permission) && mayBeOnKey(permission);
        const usable = assignments.filter((a) => a.visibility !== 'own' || isWithin(a.unitPath, scope.unitPath));
        const expected = onKey && isWithin(row.unitPath, scope.unitPath) && sees(actor(usable), permission, row);
        expect(sees(actor(narrowed(assignments, scope)), permission, row)).toBe(expected);
      },
    ),
    { numRuns: 2000 },
  );
});

test('a key works in no unit that its owner does not work in', () => {
  const asOffice = (assignments: Assignment[]) =>
    assignments.map((a) => (a.visibility === 'own' ? { ...a, visibility: 'office' as const } : a));
  const works = (assignments: Assignment[], unitPath: string) =>
    permissions.some((p) => sees(actor(asOffice(assignments)), p, { unitPath, registeredBy: null }));
  fc.assert(
    fc.property(fc.array(anyAssignment, { maxLength: 3 }), anyScope, fc.constantFrom(...paths), (assignments, scope, path) => {
      if (works(narrowed(assignments, scope), path)) expect(works(assignments, path)).toBe(true);
    }),
  );
});

test('no key makes keys, changes sign-in or stands for a holder, even if its row says so', () => {
  const everything: Assignment = { id: 'i', role: 'X', unitId: 'u' as UnitId, unitPath: 'r', visibility: 'all', permissions };
  const key = actor(narrowed([everything], { permissions, unitPath: 'r' }));
  expect(permissions.filter((p) => permits(key, p))).toEqual(keyPermissions);
  for (const never of ['api_key.manage', 'own.read', 'own.activate', 'own.suspend'] as const) expect(permits(key, never)).toBe(false);
});
