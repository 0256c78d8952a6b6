import type { Knex } from 'knex';

import type { FieldSet, VersionedFields } from '../../domain/field-definition.ts';
import { iso } from './requests.ts';

interface Row extends Record<string, unknown> {
  version: number;
  definition: FieldSet;
}

/** The definitions in use. */
export async function currentFields(knex: Knex): Promise<VersionedFields> {
  const row = (await knex('field_sets').orderBy('version', 'desc').first('version', 'definition')) as Row;
  return { version: row.version, set: row.definition };
}

/** Every set there was, the newest first. */
export async function fieldHistory(knex: Knex) {
  const rows = (await knex('field_sets')
    .leftJoin('operators', 'operators.id', 'field_sets.created_by')
    .orderBy('version', 'desc')
    .limit(200)
    .select('field_sets.*', 'operators.given_name', 'operators.family_name')) as Row[];
  return rows.map((row) => ({
    version: row.version,
    at: iso(row.createdAt),
    by: row.createdBy ? `${String(row.givenName)} ${String(row.familyName)}` : 'smartCMS',
    codes: row.definition.fields.map((f) => f.code),
  }));
}
