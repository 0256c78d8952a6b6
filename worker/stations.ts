import type { Knex } from 'knex';

/** Ids of the stations whose readers this process serves. */
export async function virtualStations(knex: Knex): Promise<string[]> {
  const rows = await knex('stations').where({ kind: 'virtual', active: true }).orderBy('code').select<{ id: string }[]>('id');
  return rows.map((row) => row.id);
}
