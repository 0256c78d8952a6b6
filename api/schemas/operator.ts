import { z } from 'zod';

import { visibilities } from '../../domain/actor.ts';
import { AssignmentData, AssignmentTerms, OperatorData } from '../../domain/operator.ts';
import { assignmentStates, operatorStates } from '../../domain/operator-state.ts';
import { NamedRole } from '../../domain/role.ts';
import { Id, LocalText, Named, Page, Search, Time, shown } from './common.ts';

export const Assignment = z
  .object({
    id: Id,
    role: z.string(),
    roleNames: LocalText,
    unit: Named,
    visibility: shown(visibilities),
    state: shown(assignmentStates).meta({ description: 'Whether it gives something now, and if not, why' }),
    validFrom: Time,
    validUntil: Time.nullable(),
    grantedBy: Named.nullable(),
    version: z.int(),
  })
  .meta({ id: 'Assignment' });

export const Operator = z
  .object({
    id: Id,
    givenName: z.string(),
    familyName: z.string(),
    email: z.string(),
    locale: shown(['it', 'en']),
    taxCode: z.string().nullable(),
    state: shown(operatorStates).meta({ description: 'Whether the operator may act now, and if not, why' }),
    validFrom: Time.nullable(),
    validUntil: Time.nullable(),
    removedAt: Time.nullable(),
    hasPassword: z.boolean(),
    createdAt: Time,
    version: z.int(),
    assignments: z.array(Assignment),
    elsewhere: z.int().meta({ description: 'How many assignments lie in units that do not show' }),
  })
  .meta({ id: 'Operator' });

export const OperatorInput = OperatorData.meta({ id: 'OperatorInput' });
export const AssignmentInput = AssignmentData.meta({ id: 'AssignmentInput' });
export const AssignmentChange = AssignmentTerms.meta({ id: 'AssignmentChange' });

export const OperatorCreate = z
  .strictObject({ operator: OperatorInput, assignments: z.array(AssignmentInput).min(1, 'Give at least one role').max(50) })
  .meta({ id: 'OperatorCreate' });

export const OperatorFilter = z.strictObject({
  search: Search,
  role: NamedRole.optional(),
  unitId: Id.optional().meta({ description: 'With an assignment in this unit or below' }),
  state: z.enum(operatorStates).optional(),
  ...Page,
});
