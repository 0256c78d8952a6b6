import { refOf } from '../../domain/actor.ts';
import { fieldFile } from '../../db/reads/field-files.ts';
import { recordEvents } from '../../db/transaction.ts';
import { openFile } from '../field-files.ts';
import { operation } from '../operation.ts';
import { Bytes, ById } from '../schemas/common.ts';

export const readDocument = operation({
  method: 'get',
  path: '/documents/{id}',
  summary: 'A scan; who looked at it is recorded',
  permission: 'holder.read',
  params: ById,
  response: Bytes,
  responseType: 'application/pdf',
  handle: async ({ params: { id }, actor }, { db, codeKeys }) => {
    const file = await fieldFile(db, actor, { id, kind: 'document' });
    await recordEvents(db, refOf(actor), { kind: 'document_read', objectType: 'field_files', objectId: id });
    return openFile(codeKeys, file);
  },
});
