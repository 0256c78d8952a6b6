import type { Target } from './target.ts';
import { httpTargets } from './targets/http.ts';
import { pkiTargets } from './targets/pki.ts';
import { textTargets } from './targets/text.ts';

/** Every parser of what comes from outside. */
export const allTargets = async (): Promise<Target[]> => [...(await pkiTargets()), ...textTargets(), ...httpTargets()];
