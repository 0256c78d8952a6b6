import type { Knex } from 'knex';

import { movedPath } from '../../domain/unit-path.ts';

interface Move {
  unit: { id: string; path: string };
  parent: { id: string; path: string };
}

/**
 * Writes the new paths of a subtree wherever they are kept: in its units, in their requests and devices (whose lists need no join to decide who sees
 * them), and its figures in the totals of the units above. All or nothing, as visibility follows from it; the fold of the counters waits meanwhile.
 */
export async function moveSubtree(trx: Knex, { unit, parent }: Move): Promise<void> {
  await trx.raw(`select pg_advisory_xact_lock(hashtextextended('smartcms.counters', 0))`);
  await moveTotals(trx, { unit, parent });
  const paths = { from: unit.path, to: movedPath(unit.path, { unit: unit.path, parent: parent.path }), id: unit.id, parent: parent.id };
  // first what others lock before they look at a unit
  for (const table of ['requests', 'devices']) await trx.raw(`select from ${table} where unit_path <@ :from::ltree for update`, paths);
  await trx.raw(
    `update units set path = ${moved('path')}, parent_id = case when id = :id then :parent else parent_id end where path <@ :from::ltree`,
    paths,
  );
  for (const table of ['requests', 'devices']) while ((await moveSome(trx, table, paths)) === BATCH);
}

/** As many as a statement does in a few seconds. */
const BATCH = 5000;

async function moveSome(trx: Knex, table: string, paths: { from: string; to: string }): Promise<number> {
  const some = `select id from ${table} where unit_path <@ :from::ltree limit ${BATCH}`;
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `update ${table} set unit_path = ${moved('unit_path')} where id in (${some})`,
    paths,
  );
  return rowCount;
}

const moved = (path: string): string =>
  `case when ${path} = :from::ltree then :to::ltree else :to::ltree || subpath(${path}, nlevel(:from::ltree)) end`;

/** What the subtree counts leaves the units that were above it and comes to those that will be. */
const moveTotals = (trx: Knex, { unit, parent }: Move): Promise<unknown> =>
  trx.raw(
    `insert into unit_totals as t (unit_id, name, day, value)
     select up.id, s.name, s.day, sum(side.sign * s.value)
     from (values (-1, subpath(:from::ltree, 0, -1)), (1, :parent::ltree)) as side (sign, path)
     join units up on up.path @> side.path cross join unit_totals s
     where s.unit_id = :id
     group by 1, 2, 3 having sum(side.sign) <> 0
     on conflict (unit_id, name, day) do update set value = t.value + excluded.value`,
    { id: unit.id, from: unit.path, parent: parent.path },
  );
