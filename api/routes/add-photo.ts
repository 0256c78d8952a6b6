import { refOf } from '../../domain/actor.ts';
import { portrait } from '../../connectors/image/image.ts';
import { fieldFileStore } from '../../db/stores/field-files.ts';
import { sealFile } from '../field-files.ts';
import { operation } from '../operation.ts';
import { NewFile } from '../schemas/field.ts';

export const addPhoto = operation({
  method: 'post',
  path: '/photos',
  summary: 'Bring a photo (JPEG or PNG, at most 8 MB) for a field of that type: it is cut to 4:5 around its middle and coded anew',
  permission: 'holder.create',
  takesFile: true,
  response: NewFile,
  status: 201,
  handle: async ({ file, actor, newId: id }, { db, codeKeys }) => {
    const sealed = await sealFile(codeKeys, id, await portrait(file));
    return fieldFileStore(db).add({ by: refOf(actor), id, kind: 'photo', ...sealed });
  },
});
