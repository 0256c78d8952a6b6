import { setTimeout as sleep } from 'node:timers/promises';

import { RateLimiterMemory } from 'rate-limiter-flexible';

import { tooMany } from './too-many.ts';

/** Who tries a password, from where. Logins that nobody has are braked like all others: nothing tells them apart. */
export interface Guess {
  login: string;
  /** The network of the caller, see `networkOf`. */
  from: string;
}

/** The brake on guessing passwords, login by login. No failure of one side makes another side wait: nobody is locked out by strangers. */
export interface Guessing {
  /**
   * Before a password is looked at. Throws `too_many_attempts` while this side must wait for its own failures at this login. A login that fails from
   * everywhere is answered late, which slows guessing and refuses nobody.
   */
  admit(guess: Guess): Promise<void>;
  failed(guess: Guess): Promise<void>;
  /** The password was right: this side begins anew. */
  forgive(guess: Guess): Promise<void>;
}

const hour = 3600;
const freeTries = 3;
const longestWait = 300;
/** Failures at a login within an hour, from all sides, after which its answers come late. */
export const failuresBeforeLate = 30;
const lateMs = 3000;

export function guessing(pause: (ms: number) => Promise<unknown> = sleep): Guessing {
  const bySide = counter('guesses by side');
  const everywhere = counter('guesses everywhere');
  const waits = new RateLimiterMemory({ keyPrefix: 'guess waits', points: 1, duration: hour });
  const keyOf = ({ login, from }: Guess) => JSON.stringify([login, from]);
  return {
    async admit(guess) {
      const wait = await waits.get(keyOf(guess));
      if (wait !== null && wait.msBeforeNext > 0) throw tooMany(wait.msBeforeNext / 1000);
      const failures = (await everywhere.get(guess.login))?.consumedPoints ?? 0;
      if (failures >= failuresBeforeLate) await pause(lateMs);
    },
    async failed(guess) {
      await everywhere.penalty(guess.login);
      const { consumedPoints: failures } = await bySide.penalty(keyOf(guess));
      if (failures >= freeTries) await waits.block(keyOf(guess), Math.min(longestWait, 2 ** (failures - freeTries)));
    },
    async forgive(guess) {
      await Promise.all([bySide.delete(keyOf(guess)), waits.delete(keyOf(guess))]);
    },
  };
}

const counter = (keyPrefix: string) => new RateLimiterMemory({ keyPrefix, points: Number.MAX_SAFE_INTEGER, duration: hour });
