import { inject } from 'vitest';

import { keep, keepSeen, type Kind } from './canaries.ts';

/** Of the shared system; tests of the parts borrow its people and run none. */
const stackDir = (): string | undefined => (inject('system') as { dir: string } | undefined)?.dir;

/** From now on this value is looked for, until the end of the run, in everything that the system under test wrote. */
export function plant(kind: Kind, value: string): void {
  const dir = stackDir();
  if (dir !== undefined) keep(dir, { kind, value });
}

/** This text is searched too. */
export function seen(what: 'refusals' | 'addresses' | 'storage', text: string): void {
  const dir = stackDir();
  if (dir !== undefined) keepSeen(dir, what, text);
}
