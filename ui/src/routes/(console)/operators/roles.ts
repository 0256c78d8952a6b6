import { listRoles } from '#lib/api/roles.ts';
import type { Role } from '#lib/api/types.ts';
import { session } from '#lib/state/session.svelte.ts';

/** The roles that there are, for filters and forms; none for whoever may not read them. */
export const rolesOf = async (): Promise<Role[]> => (session.can('role.read') ? (await listRoles()).items : []);
