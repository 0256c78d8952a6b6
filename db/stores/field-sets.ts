import type { Knex } from 'knex';

import type { ActorRef } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { changedMeaning, fieldsOf, type FieldSet, type FieldSubject, type VersionedFields } from '../../domain/field-definition.ts';
import type { Extra } from '../../domain/holder.ts';
import { fieldsIn } from '../reads/field-filter.ts';
import { transaction } from '../transaction.ts';
import { attachFiles } from './field-files.ts';
import { found, isDuplicate, operatorId } from './rows.ts';

/** Definitions of fields. */
export const fieldSetStore = (knex: Knex) => ({
  /** Makes the set after `version`; `version_conflict` when that is no longer the newest. */
  save: ({ by, version, set }: { by: ActorRef } & VersionedFields): Promise<VersionedFields> =>
    transaction(knex, by, async (trx) => {
      const rows = await trx('field_sets').orderBy('version').select<{ version: number; definition: FieldSet }[]>('version', 'definition');
      if (rows.at(-1)?.version !== version) throw conflict();
      const errors = changedMeaning(
        set,
        rows.map((row) => row.definition),
      );
      if (errors.length > 0) throw failure('invalid_input', 'Some fields are wrong. Correct them and send again.', errors);
      const next = { version: version + 1, definition: JSON.stringify(set), createdBy: operatorId(by) };
      await trx('field_sets')
        .insert(next)
        .catch((error: unknown) => {
          throw isDuplicate(error) ? conflict() : error;
        });
      return { version: version + 1, set };
    }),
});

const conflict = () => failure('version_conflict', 'Somebody else changed the fields. Reload and edit again.');

interface WrittenValues {
  subject: FieldSubject;
  id: string;
  unitId: string;
  extra: Extra;
  fields: VersionedFields;
}

/** Requests that ended without a card keep no value from others. */
const endedWithoutCard = ['rejected', 'cancelled', 'expired', 'failed'];

/** What goes with writing the values of a person or a request, in the same transaction: unique ones stay so, files find their place. */
export async function keepExtra(trx: Knex, written: WrittenValues): Promise<void> {
  await assertUnique(trx, written);
  await attachFiles(trx, written);
}

/** `duplicate` when another person or request of the unit has the value of a field that says it is unique. Until the transaction ends nobody else takes it. */
async function assertUnique(trx: Knex, { subject, id, unitId, extra, fields }: WrittenValues): Promise<void> {
  const codes = fieldsOf(fields.set, subject).flatMap((f) => (f.unique && extra[f.code] !== undefined ? [f.code] : []));
  for (const code of codes.sort()) {
    const value = String(extra[code]);
    await trx.raw(`select pg_advisory_xact_lock(hashtextextended(?, 0))`, [`field:${unitId}:${code}:${value.toLowerCase()}`]);
    const table = subject === 'holder' ? 'holders' : 'requests';
    const others = trx(table).where({ unitId }).whereNot({ id }).whereRaw(`${fieldsIn[table]} @> array[field_token(?, ?)]`, [code, value]);
    if (subject === 'request') void others.whereNotIn('state', endedWithoutCard);
    if (await others.first('id'))
      throw failure('duplicate', `Another ${subject === 'holder' ? 'person' : 'request'} of this office has this value.`, [
        { pointer: `/extra/${code}`, message: 'In use already' },
      ]);
  }
}

/** Values with those kept that the set does not know: what another set of definitions asked for is not lost by an edit. */
export function mergedExtra(kept: Extra, given: Extra, fields: VersionedFields): Extra {
  const known = new Set(fieldsOf(fields.set, 'holder').map((f) => f.code));
  return { ...Object.fromEntries(Object.entries(kept).filter(([code]) => !known.has(code))), ...given };
}

/** The set that a request was made with. */
export async function fieldsOfRequest(knex: Knex, id: string): Promise<VersionedFields> {
  const row = await knex('requests')
    .join('field_sets', 'field_sets.version', 'requests.field_set')
    .where('requests.id', id)
    .first<{ version: number; definition: FieldSet } | undefined>('field_sets.version', 'field_sets.definition');
  const { version, definition } = found(row, 'request');
  return { version, set: definition };
}
