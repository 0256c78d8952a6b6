import { z } from 'zod';

import { permissions } from '../../domain/permissions.ts';
import { NamedRole, RoleCodeInput, RoleData, SeparationData } from '../../domain/role.ts';
import { separationKinds } from '../../domain/separation.ts';
import { unitKinds } from '../../domain/unit.ts';
import { Id, LocalText, shown } from './common.ts';

export const Role = z
  .object({
    code: z.string(),
    name: LocalText,
    permissions: z.array(shown(permissions)),
    offeredIn: z.array(shown(unitKinds)).meta({ description: 'Kinds of units in which it is offered first' }),
    shipped: z.boolean().meta({ description: 'Came with smartCMS: copied, not changed' }),
    held: z.int().meta({ description: 'How many assignments of it have not ended' }),
    version: z.int(),
  })
  .meta({ id: 'Role' });

export const ByCode = z.strictObject({ code: NamedRole });
export const RoleInput = RoleData.meta({ id: 'RoleInput' });
export const RoleCreate = RoleData.extend({ code: RoleCodeInput }).meta({ id: 'RoleCreate' });

export const SeparationRule = z
  .object({
    id: Id,
    kind: shown(separationKinds),
    first: z.string(),
    second: z.string().meta({ description: 'What is lost by whoever holds both' }),
    shipped: z.boolean(),
    active: z.boolean(),
  })
  .meta({ id: 'SeparationRule' });
export const SeparationRules = z.object({ items: z.array(SeparationRule) }).meta({ id: 'SeparationRules' });

export const SeparationInput = SeparationData.meta({ id: 'SeparationInput' });
