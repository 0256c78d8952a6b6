import type { Knex } from 'knex';

import type { ActorRef } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { fieldsOf, isFile, type FieldSubject, type FileType, type VersionedFields } from '../../domain/field-definition.ts';
import type { Extra } from '../../domain/holder.ts';
import { transaction } from '../transaction.ts';
import { operatorId } from './rows.ts';

export interface NewFile {
  by: ActorRef;
  id: string;
  kind: FileType;
  ciphertext: Buffer;
  keyId: string;
}

/** Files that are values of fields; whoever calls has encrypted them. */
export const fieldFileStore = (knex: Knex) => ({
  /** Keeps the file until a person or a request is saved with it. Those that nobody saved within a day go. */
  add: ({ by, id, kind, ciphertext, keyId }: NewFile): Promise<{ id: string }> =>
    transaction(knex, by, async (trx) => {
      await trx('field_files').whereNull('unitId').whereRaw(`created_at < now() - interval '1 day'`).delete();
      await trx('field_files')
        .insert({ id, kind, ciphertext, keyId, uploadedBy: operatorId(by) })
        .onConflict('id')
        .ignore();
      return { id };
    }),
});

interface Attachment {
  subject: FieldSubject;
  unitId: string;
  extra: Extra;
  fields: VersionedFields;
}

/** The files among the values belong to this unit from now on. `invalid_input` for one that is not there, is of another kind, or belongs elsewhere. */
export async function attachFiles(trx: Knex, { subject, unitId, extra, fields }: Attachment): Promise<void> {
  for (const { code, type } of fieldsOf(fields.set, subject)) {
    const id = extra[code];
    if (!isFile(type) || id === undefined) continue;
    const file = (await trx('field_files').where({ id, kind: type }).forUpdate().first('unitId')) as { unitId: string | null } | undefined;
    if (!file || (file.unitId !== null && file.unitId !== unitId))
      throw failure('invalid_input', 'A file is not there any more. Choose it again.', [
        { pointer: `/extra/${code}`, message: 'Choose the file again' },
      ]);
    if (file.unitId === null) await trx('field_files').where({ id }).update({ unitId });
  }
}
