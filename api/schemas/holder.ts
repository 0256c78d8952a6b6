import { z } from 'zod';

import { HolderData, IdentityDocument } from '../../domain/holder.ts';
import { Day, Id, Named, Time } from './common.ts';
import { FieldRecord, HolderFields } from './field.ts';

const document = z.strictObject(IdentityDocument.shape);
/** Personal data as they come in: nothing unknown is taken along. */
export const HolderInput = z.strictObject({ ...HolderData.shape, document, extra: HolderFields.default({}) }).meta({ id: 'HolderInput' });
/** A correction; without `extra` the values of the added fields stay as they are. */
export const HolderPatch = z.strictObject({ ...HolderInput.shape, extra: HolderFields.optional() }).meta({ id: 'HolderPatch' });
export const HolderCreate = z.strictObject({ unitId: Id, ...HolderInput.shape }).meta({ id: 'HolderCreate' });

/** Personal data as they leave. Not parsed by the rules for input: what was valid when it was registered is shown for ever. */
export const HolderRecord = z
  .object({
    givenName: z.string(),
    familyName: z.string(),
    birthDate: Day,
    birthPlace: z.string(),
    taxCode: z.string(),
    email: z.string(),
    document: z.object({ kind: z.string(), number: z.string(), issuer: z.string(), expiresOn: Day }),
    extra: FieldRecord.default({}),
  })
  .meta({ id: 'HolderRecord' });

export const Holder = z
  .object({
    id: Id,
    unit: Named,
    ...HolderRecord.shape,
    registeredBy: Named,
    createdAt: Time,
    updatedAt: Time,
    version: z.int(),
  })
  .meta({ id: 'Holder' });
