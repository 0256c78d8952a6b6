import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';

import type { ActorRef } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import type { VersionedFields } from '../../domain/field-definition.ts';
import type { HolderData } from '../../domain/holder.ts';
import { Holder } from '../models/holder.ts';
import { Mail } from '../models/mail.ts';
import { transaction } from '../transaction.ts';
import { keepExtra, mergedExtra } from './field-sets.ts';
import { found, operatorId } from './rows.ts';

export interface NewHolder {
  by: ActorRef;
  id: string;
  unitId: string;
  data: HolderData;
  /** The definitions that `data.extra` was checked by. */
  fields: VersionedFields;
  locale?: 'it' | 'en';
}

/** People as registered face to face. */
export const holderStore = (knex: Knex) => ({
  /** `duplicate` when the unit knows the tax code under another id: look that one up with `findByTaxCode`. */
  create: ({ by, ...holder }: NewHolder): Promise<{ id: string; version: number }> =>
    transaction(knex, by, async (trx) => {
      const row = await insertHolder(trx, by, holder);
      if (row.id !== holder.id) throw failure('duplicate', 'This person is registered already: open the existing entry.');
      return { id: row.id, version: row.version };
    }),

  findByTaxCode: ({ unitId, taxCode }: { unitId: string; taxCode: string }): Promise<{ id: string } | undefined> =>
    Holder.query(knex).select('id').findOne({ unitId, taxCode }).execute(),

  /** `version_conflict` when somebody else changed it since; the same edit sent twice is one. */
  update: ({ by, id, version, ...edit }: { by: ActorRef; id: string; version: number } & Edit) =>
    transaction(knex, by, async (trx) => {
      const holder = found(await Holder.query(trx).findById(id).forUpdate(), 'holder');
      const edited = { ...edit.data, extra: mergedExtra(holder.extra, edit.data.extra, edit.fields) };
      const sentBefore = holder.version === version + 1 && isDeepStrictEqual(dataOf(holder), edited);
      if (holder.version !== version && !sentBefore)
        throw failure('version_conflict', 'Somebody else changed this person. Reload and edit again.');
      const row = await updateHolder(trx, { id, by }, edit);
      return { id, version: row.version };
    }),
});

/** Personal data, and the definitions that their `extra` was checked by. */
export interface Edit {
  data: HolderData;
  fields: VersionedFields;
}

/** Inserts a holder, or returns the one with this tax code in the unit. */
export async function insertHolder(
  trx: Knex,
  by: ActorRef,
  { id, unitId, data, fields, locale = 'it' }: Omit<NewHolder, 'by'>,
): Promise<Holder> {
  await Holder.query(trx)
    .insert({ ...data, fieldSet: fields.version, id, unitId, locale, registeredBy: operatorId(by) })
    .onConflict(['unitId', 'taxCode'])
    .ignore();
  const holder = found(await Holder.query(trx).findOne({ unitId, taxCode: data.taxCode }), 'holder');
  if (holder.id === id) await keepExtra(trx, { subject: 'holder', id, unitId, extra: data.extra, fields });
  return holder;
}

/** Writes personal data over those of a holder. To another e-mail address, the mails go again that the one before refused. */
export async function updateHolder(trx: Knex, { id, by }: { id: string; by: ActorRef }, { data, fields }: Edit): Promise<Holder> {
  try {
    const { email, unitId, extra, fieldSet } = found(await Holder.query(trx).findById(id), 'holder');
    await keepExtra(trx, { subject: 'holder', id, unitId, extra: data.extra, fields });
    const row = { ...data, extra: mergedExtra(extra, data.extra, fields), fieldSet: Math.max(fieldSet, fields.version) };
    if (email === data.email) return await Holder.query(trx).patchAndFetchById(id, row);
    await sendRefusedAgain(trx, id);
    return await Holder.query(trx).patchAndFetchById(id, { ...row, emailSetBy: by.kind === 'operator' ? by.id : null });
  } catch (error) {
    if ((error as { constraint?: string }).constraint === 'holders_unit_id_tax_code_key') {
      throw failure('duplicate', 'Another person of this office has this tax code.', [
        { pointer: '/taxCode', message: 'In use by another person' },
      ]);
    }
    throw error;
  }
}

const sendRefusedAgain = (trx: Knex, holderId: string) =>
  Mail.query(trx)
    .patch({ state: 'queued', attempts: 0, problem: null, nextAttemptAt: new Date() })
    .where({ holderId, state: 'refused', problem: 'address_refused' });

/** The personal data of a row, as the API takes and shows them. */
export const dataOf = (holder: Holder): HolderData => ({
  givenName: holder.givenName,
  familyName: holder.familyName,
  birthDate: holder.birthDate,
  birthPlace: holder.birthPlace,
  taxCode: holder.taxCode,
  email: holder.email,
  document: holder.document,
  extra: holder.extra,
});
