import fc from 'fast-check';
import { expect, test } from 'vitest';

import { permits, sees, visibilities, type Actor, type Assignment } from './actor.ts';
import { assertMayGrant, assertNotSelf, type Grant } from './delegation.ts';
import type { OperatorId, UnitId } from './ids.ts';
import type { Permission } from './permissions.ts';

const paths = ['r', 'r.a', 'r.a.x', 'r.a.y', 'r.b', 'r.b.z', 'r.ab'];
const ends = [null, '2026-06-01T00:00:00Z', '2027-01-01T00:00:00Z'];
const anyGrant: fc.Arbitrary<Grant> = fc.record({
  unitPath: fc.constantFrom(...paths),
  visibility: fc.constantFrom(...visibilities),
  permissions: fc.subarray(['holder.read', 'holder.create', 'request.decide'] as Permission[], { minLength: 1 }),
  validUntil: fc.constantFrom(...ends),
});
const held = (grant: Grant): Assignment => ({ id: 'i', role: 'X', unitId: 'u' as UnitId, ...grant });
const actor = (id: string, assignments: Assignment[]): Actor => ({
  ...{ kind: 'operator', id: id as OperatorId, name: id, assignments, via: 'session', sessionId: 's' },
});
const outcome = (by: Actor, grant: Grant): string => {
  try {
    assertMayGrant(by, grant);
    return 'given';
  } catch (error) {
    return (error as { type: string }).type;
  }
};
/** An administrator who holds the given permissions; roles they cannot make. */
const administrator = (...grants: Grant[]) =>
  actor(
    'giver',
    grants.map((g) => held({ ...g, permissions: [...g.permissions.filter((p) => p !== 'role.manage'), 'operator.manage'] })),
  );

test('whoever is given rights can do and see nothing that the giver cannot, nor for longer', () => {
  let given = 0;
  const row = fc.record({ unitPath: fc.constantFrom(...paths), registeredBy: fc.constantFrom('somebody', null) });
  fc.assert(
    fc.property(fc.array(anyGrant, { minLength: 1, maxLength: 3 }), anyGrant, row, (own, grant, seen) => {
      const giver = administrator(...own);
      if (outcome(giver, grant) !== 'given') return;
      given++;
      const taker = actor('taker', [held(grant)]);
      for (const permission of grant.permissions) {
        expect(permits(giver, permission)).toBe(true);
        if (sees(taker, permission, seen)) expect(sees(giver, permission, seen)).toBe(true);
      }
      const last = (all: (string | null)[]) => Math.max(...all.map((end) => (end === null ? Infinity : Date.parse(end))));
      expect(last([grant.validUntil])).toBeLessThanOrEqual(last(own.map((g) => g.validUntil)));
    }),
    { numRuns: 5000 },
  );
  expect(given).toBeGreaterThan(100);
});

test('a refusal says whether the unit or the right is foreign', () => {
  const own: Grant = { permissions: ['holder.read', 'holder.create'], unitPath: 'r.a', visibility: 'subtree', validUntil: null };
  const giver = administrator(own);
  expect(outcome(giver, { ...own, unitPath: 'r.a.x', visibility: 'office' })).toBe('given');
  expect(() => assertMayGrant(giver, { ...own, unitPath: 'r.b' })).toThrow(/nobody in this unit/);
  expect(() => assertMayGrant(giver, { ...own, permissions: ['holder.read', 'request.decide'] })).toThrow(
    /Not yours to give so: request.decide\./,
  );
  expect(() => assertMayGrant(giver, { ...own, visibility: 'all' })).toThrow(/holder.read, holder.create/);
  const soonOver = administrator({ ...own, validUntil: '2026-06-01T00:00:00Z' });
  expect(outcome(soonOver, own)).toBe('beyond_own_rights');
  expect(outcome(soonOver, { ...own, validUntil: '2026-05-01T00:00:00Z' })).toBe('given');
});

test('whoever makes roles gives any role, but only where they make them', () => {
  const maker = actor('maker', [
    held({ permissions: ['operator.manage', 'role.manage'], unitPath: 'r.a', visibility: 'subtree', validUntil: null }),
  ]);
  const grant: Grant = { permissions: ['request.decide'], unitPath: 'r.a.x', visibility: 'subtree', validUntil: null };
  expect(outcome(maker, grant)).toBe('given');
  expect(outcome(maker, { ...grant, unitPath: 'r.b' })).toBe('forbidden');
  expect(outcome(maker, { ...grant, visibility: 'all' })).toBe('beyond_own_rights');
});

test('nobody changes themselves', () => {
  const me = actor('me', []);
  expect(() => assertNotSelf(me, 'me')).toThrow(expect.objectContaining({ type: 'own_rights' }));
  expect(() => assertNotSelf(me, 'other')).not.toThrow();
});
