import { z } from 'zod';

import { visibilities } from './actor.ts';
import { EmailAddress, TaxCode, text } from './holder.ts';
import { Moment } from './moment.ts';
import { NamedRole } from './role.ts';

/** From when until when; absent or null: at once, and without end. */
const period = { validFrom: Moment.nullable().default(null), validUntil: Moment.nullable().default(null) };
const isPeriod = ({ validFrom, validUntil }: { validFrom: string | null; validUntil: string | null }) =>
  validFrom === null || validUntil === null || Date.parse(validFrom) < Date.parse(validUntil);
const beginsFirst = { error: 'The end comes before the beginning', path: ['validUntil'] };

/** What is known of an operator, and when they may act. The e-mail address is the login. */
export const OperatorData = z
  .strictObject({
    givenName: text(60),
    familyName: text(60),
    email: EmailAddress,
    locale: z.enum(['it', 'en']).default('it'),
    /** Where the operator is a holder too: nobody approves what is for themselves. */
    taxCode: TaxCode.nullable().default(null),
    ...period,
  })
  .refine(isPeriod, beginsFirst);
export type OperatorData = z.infer<typeof OperatorData>;

/** How an assignment reaches, and when: what may change of it. */
export const AssignmentTerms = z.strictObject({ visibility: z.enum(visibilities), ...period }).refine(isPeriod, beginsFirst);
export type AssignmentTerms = z.infer<typeof AssignmentTerms>;

/** A role in a unit, as it is given. */
export const AssignmentData = z
  .strictObject({ role: NamedRole, unitId: z.uuid(), visibility: z.enum(visibilities), ...period })
  .refine(isPeriod, beginsFirst);
export type AssignmentData = z.infer<typeof AssignmentData>;
