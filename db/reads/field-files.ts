import type { Knex } from 'knex';

import type { Actor } from '../../domain/actor.ts';
import type { FileType } from '../../domain/field-definition.ts';
import { notFound, visibleTo } from './visible-to.ts';

export interface KeptFile {
  id: string;
  ciphertext: Buffer;
  keyId: string;
}

/** A file of a unit that the actor sees, as the persons of the unit are seen; before it belongs to one, to who brought it. `not_found` when hidden. */
export async function fieldFile(knex: Knex, actor: Actor, { id, kind }: { id: string; kind: FileType }): Promise<KeptFile> {
  const ofUnits = knex('field_files')
    .join('units', 'units.id', 'field_files.unit_id')
    .where({ 'field_files.id': id, 'field_files.kind': kind });
  const columns = { unitPath: 'units.path', registeredBy: 'field_files.uploaded_by' };
  const seen = visibleTo(ofUnits, actor, 'holder.read', columns).select(selected);
  const own = knex('field_files').where({ id, kind, unitId: null, uploadedBy: actor.id }).select(selected);
  const [file] = (await seen.unionAll(own)) as KeptFile[];
  if (!file) throw notFound();
  return file;
}

const selected = ['field_files.id', 'field_files.ciphertext', 'field_files.key_id'];
