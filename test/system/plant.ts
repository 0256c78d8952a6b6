import { inject } from 'vitest';

import { keep, keepSeen, type Kind } from './canaries.ts';

/** From now on this value is looked for, until the end of the run, in everything that the system under test wrote. */
export const plant = (kind: Kind, value: string): void => keep(inject('system').dir, { kind, value });

/** This text is searched too. */
export const seen = (what: 'refusals' | 'addresses' | 'storage', text: string): void => keepSeen(inject('system').dir, what, text);
