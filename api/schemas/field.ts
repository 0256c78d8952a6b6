import { z } from 'zod';

import { FieldDefinition, FieldSet } from '../../domain/field-definition.ts';
import { Extra } from '../../domain/holder.ts';
import { Id, Time } from './common.ts';

/** Named, so that the document of an installation says which fields it has; see `withFields` of openapi-fields.ts. */
export const HolderFields = Extra.meta({ id: 'HolderFields', description: 'Values of the fields that this installation adds to persons' });
export const RequestFields = Extra.meta({
  id: 'RequestFields',
  description: 'Values of the fields that this installation adds to requests',
});
/** Values as they leave: what was valid when it was written. */
export const FieldRecord = z.record(z.string(), z.union([z.string(), z.number()]));

export const FieldSetInput = FieldSet.meta({ id: 'FieldSetInput' });
const Definition = z.object({ ...FieldDefinition.shape }).meta({ id: 'FieldDefinition' });
export const Fields = z.object({ groups: FieldSet.shape.groups, fields: z.array(Definition) }).meta({ id: 'FieldSet' });
export const CurrentFields = Fields.extend({ version: z.int() }).meta({ id: 'CurrentFields' });

export const FieldHistoryEntry = z
  .object({ version: z.int(), at: Time, by: z.string(), codes: z.array(z.string()) })
  .meta({ id: 'FieldHistoryEntry' });

export const NewFile = z.object({ id: Id }).meta({ id: 'NewFile' });

/** Of a list: `field=department:IT`, once for each field. */
export const FieldQuery = z
  .preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z
      .array(
        z
          .string()
          .regex(/^[a-z][a-zA-Z0-9]{0,39}:[^\u0000-\u001f\u007f]{1,100}$/, 'Write code:value')
          .transform((written) => {
            const [code = '', ...value] = written.split(':');
            return { code, value: value.join(':').normalize('NFC').trim() };
          }),
      )
      .max(10)
      .optional(),
  )
  .meta({ override: { type: 'array', items: { type: 'string' } }, description: 'code:value of a field that is shown as a filter' })
  .optional();
