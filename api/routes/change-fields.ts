import { refOf } from '../../domain/actor.ts';
import { fieldSetStore } from '../../db/stores/field-sets.ts';
import { operation } from '../operation.ts';
import { CurrentFields, FieldSetInput } from '../schemas/field.ts';

export const changeFields = operation({
  method: 'put',
  path: '/fields',
  summary: 'Change the fields; requests keep those that they were made with',
  permission: 'field.manage',
  body: FieldSetInput,
  response: CurrentFields,
  edits: true,
  handle: async ({ body, actor, ifMatch }, { db }) => {
    const { version, set } = await fieldSetStore(db).save({ by: refOf(actor), version: ifMatch, set: body });
    return { version, ...set };
  },
});
