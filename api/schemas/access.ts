import { z } from 'zod';

import { accessRules } from '../../domain/access.ts';
import { operatorStates } from '../../domain/operator-state.ts';
import { permissions } from '../../domain/permissions.ts';
import { separationKinds } from '../../domain/separation.ts';
import { Id, Named, shown } from './common.ts';
import { Assignment } from './operator.ts';

export const AccessQuery = z.strictObject({
  permission: z.enum(permissions),
  unitId: Id.optional(),
  requestNumber: z
    .string()
    .regex(/^[^\u0000-\u001f\u007f]{1,40}$/, 'The number of a request, such as 2026-000123')
    .optional(),
});

export const AccessAnswer = z
  .object({
    allowed: z.boolean(),
    rule: shown(accessRules).meta({ description: 'What decides' }),
    state: shown(operatorStates),
    assignments: z.array(Assignment).meta({ description: 'Of which the rule speaks' }),
    separation: z.object({ kind: shown(separationKinds), first: z.string(), second: z.string() }).nullable(),
    ownOnly: z.boolean().meta({ description: 'Allowed, but only on what the person registered' }),
    unit: Named.nullable(),
  })
  .meta({ id: 'AccessAnswer' });
