import fc from 'fast-check';
import { expect, test } from 'vitest';

import { permissions, roleCodes, shippedRoles, type Permission } from './permissions.ts';
import { conflictIn, separated, shippedRules, type SeparationRule } from './separation.ts';

const some: Permission[] = ['audit.read', 'request.decide', 'request.create', 'home.read'];
const anyDuty = fc.record({ role: fc.constantFrom('A', 'B', 'C'), permissions: fc.subarray(some) });
const anyRule: fc.Arbitrary<SeparationRule> = fc.oneof(
  fc.record({ kind: fc.constant('permissions' as const), first: fc.constantFrom(...some), second: fc.constantFrom(...some) }),
  fc.record({ kind: fc.constant('roles' as const), first: fc.constantFrom('A', 'B', 'C'), second: fc.constantFrom('A', 'B', 'C') }),
);
const rules = fc.array(
  anyRule.filter(({ first, second }) => first !== second),
  { maxLength: 4 },
);
const held = (duties: { permissions: readonly Permission[] }[]) => new Set(duties.flatMap((d) => d.permissions));

test('what is left breaks no rule over permissions, gives nothing new, and says of each permission that went which rule took it', () => {
  fc.assert(
    fc.property(fc.array(anyDuty, { maxLength: 4 }), rules, (duties, all) => {
      const { left, withheld } = separated(duties, all);
      expect(
        conflictIn(
          left,
          all.filter(({ kind }) => kind === 'permissions'),
        ),
      ).toBeUndefined();
      const [before, after] = [held(duties), held(left)];
      expect(withheld.map((w) => w.permission).sort()).toEqual([...before].filter((p) => !after.has(p)).sort());
      if (conflictIn(duties, all) === undefined) expect(left).toEqual(duties);
      for (const { rule } of withheld) expect(all).toContainEqual(rule);
    }),
  );
});

test('who has a role that another excludes has nothing of it, and keeps the other', () => {
  const duties = [
    { role: 'DO', permissions: shippedRoles.DO },
    { role: 'SA', permissions: shippedRoles.SA },
  ];
  const { left, withheld } = separated(duties, shippedRules);
  expect(left).toEqual([duties[0], { role: 'SA', permissions: [] }]);
  expect(withheld.map((w) => w.permission)).toContain('operator.manage');
  expect(withheld.map((w) => w.permission)).not.toContain('unit.read');
});

test('the order of the rules decides nothing', () => {
  fc.assert(
    fc.property(fc.array(anyDuty, { maxLength: 4 }), rules, (duties, all) => {
      expect(separated(duties, all.toReversed()).left).toEqual(separated(duties, all).left);
    }),
  );
});

test('no shipped role breaks a shipped rule; whoever reads the audit has no other role of officers', () => {
  for (const role of roleCodes) expect(conflictIn([{ role, permissions: shippedRoles[role] }], shippedRules)).toBeUndefined();
  for (const role of ['RO', 'DO', 'BO', 'SA', 'HD'] as const) {
    const both = [
      { role, permissions: shippedRoles[role] },
      { role: 'AO', permissions: shippedRoles.AO },
    ];
    expect({ role, conflict: conflictIn(both, shippedRules) !== undefined }).toEqual({ role, conflict: true });
  }
  const named = shippedRules.filter(({ kind }) => kind === 'permissions').flatMap(({ first, second }) => [first, second]);
  expect(named.filter((p) => !(permissions as readonly string[]).includes(p))).toEqual([]);
});
