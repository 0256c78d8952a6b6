import { currentFields } from '../../db/reads/fields.ts';
import { operation } from '../operation.ts';
import { CurrentFields } from '../schemas/field.ts';

export const readFields = operation({
  method: 'get',
  path: '/fields',
  summary: 'The fields that this installation adds to persons and requests, in their order',
  permission: 'field.read',
  response: CurrentFields,
  handle: async (_, { db }) => {
    const { version, set } = await currentFields(db);
    return { version, ...set };
  },
});
