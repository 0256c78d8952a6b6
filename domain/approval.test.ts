import fc from 'fast-check';
import { expect, test } from 'vitest';

import { applyVote, assertMayVote, missing, openRound, type ApprovalPolicy } from './approval.ts';

const policy = (...quorums: number[]): ApprovalPolicy => ({
  steps: quorums.map((quorum, i) => ({ name: `Step ${i + 1}`, quorum })),
  expireAfterHours: 72,
});
const approve = (by: string) => ({ by, verdict: 'approve' as const });

test('a policy without steps approves at once', () => {
  expect(openRound(policy(), 1).outcome).toBe('approved');
});

test('one step with quorum two needs two different officers', () => {
  const once = applyVote(openRound(policy(2), 1), approve('a'));
  expect(once).toMatchObject({ outcome: 'open', step: 0 });
  expect(missing(once)).toBe(1);
  expect(() => assertMayVote(once, approve('a'), [])).toThrow(expect.objectContaining({ type: 'already_decided' }));
  expect(applyVote(once, approve('b')).outcome).toBe('approved');
});

test('who approved the first step does not approve the second', () => {
  const second = applyVote(openRound(policy(1, 1), 1), approve('a'));
  expect(second.step).toBe(1);
  expect(() => assertMayVote(second, approve('a'), [])).toThrow(expect.objectContaining({ type: 'already_decided' }));
});

test('nobody decides on what they registered or what is for themselves', () => {
  expect(() => assertMayVote(openRound(policy(1), 1), approve('registrar'), ['registrar'])).toThrow(
    expect.objectContaining({ type: 'own_request' }),
  );
});

test('a rejection ends it at any step, and nobody votes afterwards', () => {
  const rejected = applyVote(openRound(policy(3), 1), { by: 'a', verdict: 'reject' });
  expect(rejected.outcome).toBe('rejected');
  expect(() => assertMayVote(rejected, approve('b'), [])).toThrow(expect.objectContaining({ type: 'already_decided' }));
});

test('approved means: every step had its quorum of officers, all of them different', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 }),
      fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'registrar'), { maxLength: 40 }),
      (quorums, voters) => {
        let state = openRound(policy(...quorums), 1);
        for (const by of voters) {
          try {
            assertMayVote(state, approve(by), ['registrar']);
          } catch {
            continue;
          }
          state = applyVote(state, approve(by));
        }
        const all = state.votes.map((v) => v.by);
        expect(new Set(all).size).toBe(all.length);
        expect(all).not.toContain('registrar');
        if (state.outcome === 'approved') {
          quorums.forEach((q, step) => expect(state.votes.filter((v) => v.step === step)).toHaveLength(q));
        }
      },
    ),
  );
});
