import { refOf } from '../../domain/actor.ts';
import { scannedDocument } from '../../connectors/image/image.ts';
import { fieldFileStore } from '../../db/stores/field-files.ts';
import { sealFile } from '../field-files.ts';
import { operation } from '../operation.ts';
import { NewFile } from '../schemas/field.ts';

export const addDocument = operation({
  method: 'post',
  path: '/documents',
  summary: 'Bring a scan (PDF, JPEG or PNG, at most 8 MB) for a field of that type: it is kept as PDF',
  permission: 'holder.create',
  takesFile: true,
  response: NewFile,
  status: 201,
  handle: async ({ file, actor, newId: id }, { db, codeKeys }) => {
    const sealed = await sealFile(codeKeys, id, await scannedDocument(file));
    return fieldFileStore(db).add({ by: refOf(actor), id, kind: 'document', ...sealed });
  },
});
