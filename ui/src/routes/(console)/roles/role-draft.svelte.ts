import { operatorPermissions, type OperatorPermission } from '#domain/permissions.ts';
import type { Role, RoleInput } from '#lib/api/types.ts';

export const kinds = ['organization', 'division', 'office'] as const;
type Kind = (typeof kinds)[number];

/** A role as it is being made or changed. */
export class RoleDraft {
  code = $state('');
  nameEn = $state('');
  nameIt = $state('');
  permissions = $state.raw<ReadonlySet<OperatorPermission>>(new Set());
  offeredIn = $state.raw<ReadonlySet<Kind>>(new Set());

  constructor(from?: Role) {
    this.nameEn = from?.name.en ?? '';
    this.nameIt = from?.name.it ?? '';
    this.permissions = new Set(operatorPermissions.filter((permission) => from?.permissions.includes(permission)));
    this.offeredIn = new Set(from?.offeredIn);
  }

  get data(): RoleInput {
    return { name: { en: this.nameEn, it: this.nameIt }, permissions: [...this.permissions], offeredIn: [...this.offeredIn] };
  }
}
