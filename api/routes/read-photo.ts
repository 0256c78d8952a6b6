import { fieldFile } from '../../db/reads/field-files.ts';
import { openFile } from '../field-files.ts';
import { operation } from '../operation.ts';
import { Bytes, ById } from '../schemas/common.ts';

export const readPhoto = operation({
  method: 'get',
  path: '/photos/{id}',
  summary: 'A photo',
  permission: 'holder.read',
  params: ById,
  response: Bytes,
  responseType: 'image/jpeg',
  handle: async ({ params: { id }, actor }, { db, codeKeys }) => openFile(codeKeys, await fieldFile(db, actor, { id, kind: 'photo' })),
});
