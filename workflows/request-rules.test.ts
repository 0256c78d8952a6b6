import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { openRound } from '../domain/approval.ts';
import { requestMachine, type RequestState } from '../domain/request-state.ts';
import * as rules from './request-rules.ts';

const policy = {
  steps: [
    { name: 'Check', quorum: 1 },
    { name: 'Release', quorum: 2 },
  ],
  expireAfterHours: 24,
};
const later = '2026-12-01T10:00:00.000Z';
const pending: rules.RequestProcess = {
  state: 'pending_approval',
  approval: openRound(policy, 1),
  excluded: ['registrar'],
  deadlineAt: later,
  stationId: null,
  production: null,
};
const approve = (by: string) => ({ by, verdict: 'approve' as const });
const approved = ['a', 'b', 'c'].reduce((p, by) => rules.decided(p, approve(by)), pending);
const production = { id: 'p1', deviceId: 'd1', n: 1, stationId: 's1', state: 'running' as const };
const making = rules.producing(approved, production);
const stopped = rules.productionStopped(making, 'p1');
const produced = rules.productionEnded(making, 'completed');

describe('deciding', () => {
  test('steps are taken in order, each with its quorum, under the same deadline', () => {
    const first = rules.decided(pending, approve('a'));
    expect(rules.progressOf(first)).toEqual({ state: 'pending_approval', step: 1 });
    expect(first.deadlineAt).toBe(later);
    const second = rules.decided(first, approve('b'));
    expect(rules.progressOf(second)).toEqual({ state: 'pending_approval', step: 1 });
    expect(rules.decided(second, approve('c'))).toMatchObject({ state: 'approved', deadlineAt: null });
  });

  test('the registrar may not, an approver counts once, and a decided request is decided', () => {
    expect(() => rules.assertMayDecide(pending, approve('registrar'))).toThrow(expect.objectContaining({ type: 'own_request' }));
    expect(() => rules.assertMayDecide(rules.decided(pending, approve('a')), approve('a'))).toThrow(
      expect.objectContaining({ type: 'already_decided' }),
    );
    expect(() => rules.assertMayDecide(approved, approve('z'))).toThrow(expect.objectContaining({ type: 'already_decided' }));
    expect(() => rules.assertMayDecide(rules.cancelled(pending), approve('z'))).toThrow(expect.objectContaining({ type: 'wrong_state' }));
  });

  test('one rejection ends it', () => {
    const rejected = rules.decided(pending, { by: 'a', verdict: 'reject' });
    expect(rejected).toMatchObject({ state: 'rejected', deadlineAt: null });
    expect(rules.hasEnded(rejected)).toBe(true);
  });
});

describe('amending', () => {
  test.each([pending, rules.decided(pending, approve('a')), approved])('voids all approvals and shuts out who amended', (process) => {
    const amended = rules.amended(process, 'a', later);
    expect(amended).toMatchObject({
      state: 'pending_approval',
      deadlineAt: later,
      approval: { round: 2, step: 0, votes: [], outcome: 'open' },
    });
    expect(() => rules.assertMayDecide(amended, approve('a'))).toThrow(expect.objectContaining({ type: 'own_request' }));
    rules.assertMayDecide(amended, approve('b'));
  });

  test('under a policy without steps the request stays approved', () => {
    const free = { ...approved, approval: openRound({ steps: [], expireAfterHours: 1 }, 1) };
    expect(rules.amended(free, 'a', later)).toMatchObject({ state: 'approved', deadlineAt: null, approval: { round: 2 } });
  });

  test('is too late once the card is being made', () => {
    for (const process of [making, produced, rules.delivered(produced, later)])
      expect(() => rules.assertMayAmend(process)).toThrow(expect.objectContaining({ type: 'wrong_state' }));
  });
});

describe('producing', () => {
  test('only an approved request, and only once at a time', () => {
    rules.assertMayProduce(approved);
    for (const process of [pending, making, produced])
      expect(() => rules.assertMayProduce(process)).toThrow(expect.objectContaining({ type: 'wrong_state' }));
  });

  test('only a stopped production may be resumed or scrapped', () => {
    rules.assertStopped(stopped);
    for (const process of [approved, making, produced])
      expect(() => rules.assertStopped(process)).toThrow(expect.objectContaining({ type: 'wrong_state' }));
  });

  test('what another production says changes nothing', () => {
    expect(rules.productionStopped(making, 'other')).toBe(making);
    expect(rules.productionStopped(produced, 'p1')).toBe(produced);
  });

  test('a spoiled card sends the request back to be made again', () => {
    const again = rules.productionEnded(stopped, 'spoiled');
    expect(again).toMatchObject({ state: 'approved', production: null });
    rules.assertMayProduce(again);
  });
});

test('the way to the end: produced, delivered with a deadline, activated and closed', () => {
  rules.assertMayDeliver(produced);
  const handedOver = rules.delivered(produced, later);
  expect(rules.expiryOf(handedOver)).toBe(Date.parse(later));
  rules.assertMayActivate(handedOver);
  expect(rules.activated(handedOver)).toMatchObject({ state: 'closed', deadlineAt: null, stationId: 's1' });
  expect(rules.expired(handedOver).state).toBe('expired');
});

type Event = (p: rules.RequestProcess) => rules.RequestProcess;
const event: fc.Arbitrary<Event> = fc.oneof(
  fc
    .record({
      by: fc.constantFrom('registrar', 'a', 'b', 'c', 'd'),
      verdict: fc.constantFrom('approve' as const, 'approve' as const, 'reject' as const),
    })
    .map(
      (vote): Event =>
        (p) => (rules.assertMayDecide(p, vote), rules.decided(p, vote)),
    ),
  fc.constantFrom('registrar', 'a', 'b').map(
    (by): Event =>
      (p) => (rules.assertMayAmend(p), rules.amended(p, by, later)),
  ),
  fc.constantFrom<Event>(
    (p) => (rules.assertMayProduce(p), rules.producing(p, production)),
    (p) => rules.productionStopped(p, 'p1'),
    (p) => (rules.assertStopped(p), rules.productionEnded(p, 'spoiled')),
    (p) => (rules.assertStopped(p), rules.productionResumed(p, 's2')),
    (p) => (p.production ? rules.productionEnded(p, 'completed') : p),
    (p) => (rules.assertMayDeliver(p), rules.delivered(p, later)),
    (p) => (rules.assertMaySendCode(p), p),
    (p) => (rules.assertMayActivate(p), rules.activated(p)),
    (p) => (rules.assertMayCancel(p), rules.cancelled(p)),
    (p) => (rules.expiryOf(p) === undefined ? p : rules.expired(p)),
  ),
);

/** Whether the machine leads from one state to the other, perhaps through states that are passed at once (activated). */
const leads = (from: RequestState, to: RequestState): boolean =>
  from === to || requestMachine[from].includes(to) || requestMachine[from].some((s) => s === 'activated' && requestMachine[s].includes(to));

test("whatever comes in whatever order, only the machine's transitions happen and the bookkeeping holds", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      let process = pending;
      for (const apply of events) {
        const before = process;
        try {
          process = apply(process);
        } catch (error) {
          expect(['wrong_state', 'already_decided', 'own_request']).toContain((error as { type?: string }).type);
        }
        expect(leads(before.state, process.state)).toBe(true);
        expect(process.production !== null).toBe(process.state === 'in_production');
        expect(process.deadlineAt !== null).toBe(['pending_approval', 'delivered'].includes(process.state));
        expect(process.approval.votes.map((v) => v.by)).not.toContain('registrar');
        expect(new Set(process.approval.votes.map((v) => v.by)).size).toBe(process.approval.votes.length);
        if (['in_production', 'produced', 'delivered', 'closed'].includes(process.state)) expect(process.approval.outcome).toBe('approved');
      }
    }),
    { numRuns: 500 },
  );
});
