import fc from 'fast-check';
import { expect, test } from 'vitest';

import { permits, sees, visibilities, type Actor, type Assignment } from './actor.ts';
import type { OperatorId, UnitId } from './ids.ts';
import { isOfEverybody, permissions, shippedRoles, type Permission } from './permissions.ts';

const paths = ['r', 'r.a', 'r.a.b', 'r.c', 'r.ab'];
const anyAssignment = fc.record({
  id: fc.constant('i'),
  role: fc.constant('X'),
  unitId: fc.constant('u' as UnitId),
  unitPath: fc.constantFrom(...paths),
  visibility: fc.constantFrom(...visibilities),
  permissions: fc.subarray([...permissions]),
}) as fc.Arbitrary<Assignment>;
const anyRow = fc.record({ unitPath: fc.constantFrom(...paths), registeredBy: fc.constantFrom('me', 'other', null) });

const actor = (assignments: Assignment[]): Actor => ({
  kind: 'operator',
  id: 'me' as OperatorId,
  name: 'Me',
  assignments,
  via: 'session',
  sessionId: 's',
});
const everything = (more: Partial<Assignment>): Assignment => ({
  ...{ id: 'i', role: 'X', unitId: 'u' as UnitId, unitPath: 'r', visibility: 'all', permissions },
  ...more,
});

test('no assignment takes away what another gives, and in whatever order they come', () => {
  fc.assert(
    fc.property(
      fc.array(anyAssignment, { maxLength: 3 }),
      anyAssignment,
      anyRow,
      fc.constantFrom(...permissions),
      (some, one, row, permission) => {
        const shown = sees(actor(some), permission, row) || sees(actor([one]), permission, row);
        expect(sees(actor([...some, one]), permission, row)).toBe(shown);
        expect(sees(actor([one, ...some]), permission, row)).toBe(shown);
      },
    ),
    { numRuns: 2000 },
  );
});

test.each(['*', 'device.*', 'Device.Revoke', 'device.revoke ', 'device', 'device.revoke.all', ''])(
  'a role that says %j gives no permission but that name',
  (name) => {
    const odd = actor([everything({ permissions: [name as Permission] })]);
    expect(permissions.filter((permission) => permits(odd, permission))).toEqual([]);
  },
);

test.each(visibilities.filter((v) => v !== 'all'))('what is done to the whole installation is not given by visibility %s', (visibility) => {
  const administrator = actor([everything({ visibility, permissions: shippedRoles.SA })]);
  expect(shippedRoles.SA.filter((permission) => !permits(administrator, permission))).toEqual(shippedRoles.SA.filter(isOfEverybody));
  expect(permits(actor([everything({ visibility }), everything({ permissions: ['home.read'] })]), 'key.rotate')).toBe(false);
});
