import type { Assignment } from './actor.ts';
import { isOfEverybody, permissions, type Permission } from './permissions.ts';
import { isWithin } from './unit-path.ts';

/** Days that a key lives at most: a forgotten one ends by itself. */
export const longestKeyDays = 366;

/** `scms_<8 characters that name it>_<32 random bytes as base64url>`; scanners of secrets find it by its beginning. */
export const keyPattern = /^scms_([0-9A-Za-z]{8})_([\w-]{43})$/;

/** No key makes keys, touches sign-in, sessions or the whole installation, or stands for a holder, whatever its owner may do and whatever its row says. */
export const mayBeOnKey = (permission: Permission): boolean =>
  !isOfEverybody(permission) && !/^(own|api_key|session|signin)\./.test(permission);

/** The catalogue of what a key may carry. */
export const keyPermissions: readonly Permission[] = permissions.filter(mayBeOnKey);

/** What its owner gave a key: some permissions, within one unit and below. */
export interface KeyScope {
  permissions: readonly string[];
  unitPath: string;
}

/**
 * What the key gives now: of each assignment that its owner has now, the permissions that both have, where both reach. A row shows to the key
 * when it shows to its owner by an assignment that is not `own` in a unit above, and lies within the unit of the key.
 */
export const narrowed = (assignments: readonly Assignment[], scope: KeyScope): Assignment[] =>
  assignments.flatMap((assignment) => {
    const permissions = assignment.permissions.filter((p) => mayBeOnKey(p) && scope.permissions.includes(p));
    const place = placeWithin(assignment, scope.unitPath);
    return place && permissions.length > 0 ? [{ ...assignment, ...place, permissions }] : [];
  });

/** Where an assignment and the subtree of the key's unit meet, if they do. */
function placeWithin({ unitPath, visibility }: Assignment, top: string): Pick<Assignment, 'unitPath' | 'visibility'> | undefined {
  if (visibility === 'all') return { unitPath: top, visibility: 'subtree' };
  if (isWithin(unitPath, top)) return { unitPath, visibility };
  // `own` and `office` give their own unit to work in, and none below it: there a key would be more than its owner.
  return visibility === 'subtree' && isWithin(top, unitPath) ? { unitPath: top, visibility } : undefined;
}

export const keyStates = ['active', 'expired', 'revoked'] as const;
export type KeyState = (typeof keyStates)[number];
