import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Wrong tries until the secret locks: 3 for the PIN, as banks and CNS cards do; 10 for the PUK, after which the card is lost. */
export const TRIES = { pin: 3, puk: 10 } as const;

export type Secret = keyof typeof TRIES;
export type TriesLeft = Record<Secret, number>;

/** The counters that a chip keeps and SoftHSM does not. They outlive the process. */
export interface RetryCounters {
  left(): TriesLeft;
  /** Takes one try; it is on disk when this returns, so a kill in the middle of a verification gives no free try. False if none is left. */
  spend(secret: Secret): boolean;
  /** After a success: all tries again. */
  restore(...secrets: Secret[]): void;
}

/** Counters in a JSON file; no file means a blank card. A file that cannot be read counts as locked: a fault must not open a card. */
export function retryCounters(path: string): RetryCounters {
  const left = (): TriesLeft => read(path);
  return {
    left,
    spend(secret) {
      const now = left();
      if (now[secret] <= 0) return false;
      write(path, { ...now, [secret]: now[secret] - 1 });
      return true;
    },
    restore(...secrets) {
      const now = left();
      if (secrets.every((secret) => now[secret] === TRIES[secret])) return;
      write(path, { ...now, ...Object.fromEntries(secrets.map((secret) => [secret, TRIES[secret]])) });
    },
  };
}

function read(path: string): TriesLeft {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { ...TRIES };
    throw error;
  }
  return parse(text);
}

function parse(text: string): TriesLeft {
  try {
    const { pin, puk } = JSON.parse(text) as Partial<TriesLeft>;
    return { pin: count('pin', pin), puk: count('puk', puk) };
  } catch {
    return { pin: 0, puk: 0 };
  }
}

const count = (secret: Secret, value: unknown): number =>
  Number.isInteger(value) ? Math.min(Math.max(value as number, 0), TRIES[secret]) : 0;

/** Whole or not at all: a new file, flushed, takes the old one's name; then the directory is flushed. */
function write(path: string, counters: TriesLeft): void {
  const fresh = `${path}.new`;
  flushed(fresh, 'w', (fd) => writeSync(fd, JSON.stringify(counters)));
  renameSync(fresh, path);
  flushed(dirname(path), 'r', () => undefined);
}

function flushed(path: string, flags: string, work: (fd: number) => void): void {
  const fd = openSync(path, flags, 0o600);
  try {
    work(fd);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
