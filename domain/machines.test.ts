import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { certificateMachine } from './certificate-state.ts';
import { deviceMachine, revocable, revocationCauses, suspendable } from './device-state.ts';
import { assertMove, canMove, statesBefore, type Machine } from './machine.ts';
import { requestMachine } from './request-state.ts';
import { secretCodeMachine } from './secret-code-state.ts';

const machines: Record<string, { machine: Machine<string>; start: string; ends: string[] }> = {
  request: { machine: requestMachine, start: 'draft', ends: ['closed', 'rejected', 'cancelled', 'expired', 'failed'] },
  device: { machine: deviceMachine, start: 'in_stock', ends: ['destroyed'] },
  certificate: { machine: certificateMachine, start: 'requested', ends: ['revoked', 'expired', 'superseded', 'failed'] },
  'secret code': { machine: secretCodeMachine, start: 'generated', ends: ['void'] },
};

const reachable = (machine: Machine<string>, start: string): Set<string> => {
  const seen = new Set([start]);
  for (const state of seen) machine[state]?.forEach((next) => seen.add(next));
  return seen;
};

describe.each(Object.entries(machines))('the %s machine', (_, { machine, start, ends }) => {
  test('every state can be reached from the first', () => {
    expect([...reachable(machine, start)].sort()).toEqual(Object.keys(machine).sort());
  });

  test('ends exactly where it should, and an end is reachable from everywhere', () => {
    expect(
      Object.keys(machine)
        .filter((s) => machine[s]?.length === 0)
        .sort(),
    ).toEqual([...ends].sort());
    for (const state of Object.keys(machine)) expect(ends.some((end) => reachable(machine, state).has(end))).toBe(true);
  });

  test('any walk uses only listed transitions, and anything else throws wrong_state', () => {
    const states = Object.keys(machine);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...states), { maxLength: 40 }), (wishes) => {
        let state = start;
        for (const wish of wishes) {
          if (canMove(machine, state, wish)) {
            expect(statesBefore(machine, wish)).toContain(state);
            state = wish;
          } else expect(() => assertMove(machine, state, wish)).toThrow(expect.objectContaining({ type: 'wrong_state' }));
        }
      }),
    );
  });
});

test('what is revoked never comes back to use', () => {
  expect(reachable(certificateMachine, 'revocation_pending')).toEqual(new Set(['revocation_pending', 'revoked']));
  expect(reachable(secretCodeMachine, 'used')).toEqual(new Set(['used', 'void']));
  for (const state of ['revoked', 'lost', 'stolen'] as const) expect(deviceMachine[state]).not.toContain('active');
});

test('every revocable or suspendable device state has the transition it needs', () => {
  for (const state of suspendable) expect(state === 'suspended' || canMove(deviceMachine, state, 'suspended')).toBe(true);
  for (const state of revocable) {
    const targets = Object.values(revocationCauses).map((c) => c.state);
    expect(targets.some((t) => t === state || canMove(deviceMachine, state, t))).toBe(true);
  }
});
