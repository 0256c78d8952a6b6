import { mayBeOnKey } from '../../domain/api-key.ts';
import { visibilities, type Visibility } from '../../domain/actor.ts';
import { roleCodes, shippedRoles, type Permission, type RoleCode } from '../../domain/permissions.ts';
import type { Place, Row } from './world.ts';

/** Somebody who asks, and what they must get to see: said here once more, in words of the test alone. */
export interface Caller {
  role: RoleCode;
  visibility: Visibility;
  via: 'session' | 'api_key';
  can: (permission: Permission) => boolean;
  /** Rows in lists, alone, in counts and streams. */
  sees: (row: Row) => boolean;
  /** Where rows have no registrar, `own` means the office: what may be registered there, figures, and the unit itself. */
  works: (row: Pick<Row, 'place'>) => boolean;
  /** Units whose opening, closing and place is the caller's matter: those below the own task, never the own one. */
  leads(place: Place): boolean;
}

type Facts = Pick<Row, 'place' | 'mine'>;
const shown: Record<Visibility, (row: Facts) => boolean> = {
  own: ({ place, mine }) => mine && ['here', 'below'].includes(place),
  office: ({ place }) => place === 'here',
  subtree: ({ place }) => ['here', 'below'].includes(place),
  all: () => true,
};
const worked: Record<Visibility, (row: Pick<Row, 'place'>) => boolean> = {
  own: ({ place }) => place === 'here',
  office: ({ place }) => place === 'here',
  subtree: ({ place }) => ['here', 'below'].includes(place),
  all: () => true,
};

const led: Record<Visibility, Place[]> = { own: [], office: [], subtree: ['below'], all: ['below', 'beside', 'elsewhere'] };

export const callers: Caller[] = roleCodes.flatMap((role) =>
  visibilities.flatMap((visibility) => [session(role, visibility), key(role, visibility)]),
);

function session(role: RoleCode, visibility: Visibility): Caller {
  const permissions: readonly Permission[] = shippedRoles[role];
  // What belongs to holders is no operator's, whatever a role says.
  const can = (permission: Permission) => permissions.includes(permission) && !permission.startsWith('own.');
  return {
    role,
    visibility,
    via: 'session',
    can,
    sees: shown[visibility],
    works: worked[visibility],
    leads: (place) => led[visibility].includes(place),
  };
}

/** The key is of the unit below: it has nothing of an assignment that ends at the unit above it. */
function key(role: RoleCode, visibility: Visibility): Caller {
  const owner = session(role, visibility);
  const reaches = ['subtree', 'all'].includes(visibility);
  const below = ({ place }: Pick<Row, 'place'>) => reaches && place === 'below';
  return { ...owner, via: 'api_key', can: (p) => reaches && mayBeOnKey(p) && owner.can(p), sees: below, works: below, leads: () => false };
}
