import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

import { guessing, type Guessing } from './guessing.ts';
import { tooMany } from './too-many.ts';

/** Numbers of tries from one side; each process counts its own. */
export interface Limit {
  points: number;
  seconds: number;
}

/**
 * Brakes that need no account: on guessing by address, by login, within a session, by card serial, and on calls of an API key.
 * Addresses an account signed in from lately are remembered: strangers' failures do not slow the person at the usual desk.
 */
export interface Attempts {
  /** Counts one try; throws `too_many_attempts` with the time to wait. */
  spend(kind: AttemptKind, key: string): Promise<void>;
  /** A success gives the try back. */
  giveBack(kind: AttemptKind, key: string): Promise<void>;
  /** Forgets all attempts of this key. */
  forgive(kind: AttemptKind, key: string): Promise<void>;
  readonly guesses: Guessing;
  remember(accountId: string, address: string): Promise<void>;
  remembers(accountId: string, address: string): Promise<boolean>;
}
export type AttemptKind =
  | 'signInByAddress'
  | 'passwordResetByAddress'
  | 'proofByAccount'
  | 'factorByAccount'
  | 'activationByAddress'
  | 'activationBySerial'
  | 'badKeyByAddress'
  | 'callsByKey';

const shippedLimits: Record<AttemptKind, Limit> = {
  signInByAddress: { points: 60, seconds: 60 },
  activationByAddress: { points: 20, seconds: 300 },
  activationBySerial: { points: 5, seconds: 900 },
  passwordResetByAddress: { points: 20, seconds: 300 },
  proofByAccount: { points: 10, seconds: 300 },
  factorByAccount: { points: 5, seconds: 900 },
  badKeyByAddress: { points: 60, seconds: 60 },
  callsByKey: { points: 1200, seconds: 60 },
};

const day = 86_400;

/** With the limits as shipped but for the changes. */
export function memoryAttempts(changes: Partial<Record<AttemptKind, Limit>> = {}, guesses = guessing()): Attempts {
  const limits = { ...shippedLimits, ...changes };
  const limiter = (kind: AttemptKind) =>
    new RateLimiterMemory({ keyPrefix: kind, points: limits[kind].points, duration: limits[kind].seconds });
  const limiters: Record<AttemptKind, RateLimiterMemory> = {
    signInByAddress: limiter('signInByAddress'),
    activationByAddress: limiter('activationByAddress'),
    activationBySerial: limiter('activationBySerial'),
    passwordResetByAddress: limiter('passwordResetByAddress'),
    proofByAccount: limiter('proofByAccount'),
    factorByAccount: limiter('factorByAccount'),
    badKeyByAddress: limiter('badKeyByAddress'),
    callsByKey: limiter('callsByKey'),
  };
  const known = new RateLimiterMemory({ keyPrefix: 'known', points: 1, duration: day });
  return {
    guesses,
    spend: async (kind, key) => {
      await limiters[kind].consume(key).catch((refused: unknown) => {
        throw refused instanceof RateLimiterRes ? tooMany(refused.msBeforeNext / 1000) : refused;
      });
    },
    giveBack: async (kind, key) => void (await limiters[kind].reward(key)),
    forgive: async (kind, key) => void (await limiters[kind].delete(key)),
    remember: async (accountId, address) => void (await known.block(`${accountId} ${address}`, day)),
    remembers: async (accountId, address) => (await known.get(`${accountId} ${address}`)) !== null,
  };
}
