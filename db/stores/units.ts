import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';

import type { ActorRef } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { goesBelow, type UnitWindow } from '../../domain/unit.ts';
import type { UnitData } from '../../domain/unit-data.ts';
import { assertPlace, assertWindow } from '../../domain/unit-rules.ts';
import { labelOf } from '../../domain/unit-path.ts';
import { Unit } from '../models/unit.ts';
import { transaction } from '../transaction.ts';
import { handOver, lockTree } from './hand-over.ts';
import { moveSubtree } from './move-subtree.ts';
import { found } from './rows.ts';

interface Change {
  by: ActorRef;
  id: string;
}
/** `version` is the one that was seen: `version_conflict` when somebody else changed the unit since; the same call sent twice is one. */
type Edit = Change & { version: number };

/** The tree of organisation units. */
export const unitStore = (knex: Knex) => ({
  /** The same call sent again finds what it made. */
  create: ({ by, id, parentId, data }: Change & { parentId: string; data: UnitData }): Promise<void> =>
    changed(knex, by, async (trx) => {
      if (await Unit.query(trx).findById(id)) return;
      const parent = found(await Unit.query(trx).findById(parentId), 'unit');
      assertPlace({ kind: data.kind, height: 1 }, parent);
      await Unit.query(trx).insert({ ...data, id, parentId, path: `${parent.path}.${labelOf(id)}` });
    }),

  update: ({ data, ...edit }: Edit & { data: UnitData }): Promise<void> =>
    edited(knex, edit, {
      isDone: (unit) => isDeepStrictEqual(unitData(unit), data),
      work: async (trx, unit) => {
        if (unit.kind !== data.kind) await assertKind(trx, unit, data.kind);
        await Unit.query(trx).findById(unit.id).patch(data);
      },
    }),

  /** With all that is below it. */
  move: ({ parentId, ...edit }: Edit & { parentId: string }): Promise<void> =>
    edited(knex, edit, {
      isDone: (unit) => unit.parentId === parentId,
      work: async (trx, unit) => {
        assertBelowRoot(unit);
        const parent = found(await Unit.query(trx).findById(parentId), 'unit');
        assertPlace({ kind: unit.kind, height: await heightOf(trx, unit.path), path: unit.path }, parent);
        await moveSubtree(trx, { unit, parent });
        await handOver(trx);
      },
    }),

  /** Opens the unit: now, or for a time. What it handed over before stays where it is. */
  open: ({ opensAt, closesAt, ...edit }: Edit & Pick<UnitWindow, 'opensAt' | 'closesAt'>): Promise<void> =>
    setWindow(knex, edit, { active: true, opensAt, closesAt }),

  /** Closes the unit and with it all below: nobody acts there from the next call on, and requests not yet begun go to the unit above. */
  close: (edit: Edit): Promise<void> => setWindow(knex, edit, { active: false, opensAt: null, closesAt: null }),
});

const setWindow = (knex: Knex, edit: Edit, window: UnitWindow): Promise<void> =>
  edited(knex, edit, {
    isDone: ({ active, opensAt, closesAt }) => isDeepStrictEqual({ active, opensAt, closesAt }, window),
    work: async (trx, unit) => {
      assertBelowRoot(unit);
      assertWindow(window, new Date());
      await Unit.query(trx).findById(unit.id).patch(window);
      await handOver(trx);
    },
  });

const edited = (
  knex: Knex,
  { by, id, version }: Edit,
  { isDone, work }: { isDone: (unit: Unit) => boolean; work: (trx: Knex, unit: Unit) => Promise<void> },
): Promise<void> =>
  changed(knex, by, async (trx) => {
    const unit = found(await Unit.query(trx).findById(id).forUpdate(), 'unit');
    if (unit.version === version + 1 && isDone(unit)) return;
    if (unit.version !== version)
      throw failure('version_conflict', 'Somebody else changed this unit. Reload and do it again if it is still right.');
    if (!isDone(unit)) await work(trx, unit);
  });

const changed = async (knex: Knex, by: ActorRef, work: (trx: Knex.Transaction) => Promise<void>): Promise<void> => {
  try {
    await transaction(knex, by, async (trx) => {
      await lockTree(trx);
      await work(trx);
    });
  } catch (error) {
    if ((error as { constraint?: string }).constraint !== 'units_code_key') throw error;
    throw failure('duplicate', 'Another unit has this code: choose another.', [{ pointer: '/code', message: 'In use by another unit' }]);
  }
};

function assertBelowRoot({ parentId }: Unit): void {
  if (parentId === null) throw failure('policy_violation', 'The unit at the top neither closes nor moves: choose one below it.');
}

/** Units above and below must still go with the new kind. */
async function assertKind(trx: Knex, { id, parentId }: Unit, kind: UnitData['kind']): Promise<void> {
  const parent = parentId === null ? undefined : await Unit.query(trx).findById(parentId);
  const below = await Unit.query(trx).where({ parentId: id });
  const fits = (parent ? goesBelow(kind, parent.kind) : kind === 'organization') && below.every((child) => goesBelow(child.kind, kind));
  if (fits) return;
  const message = 'The units above or below do not go with this kind';
  throw failure('invalid_input', `${message}: change or move them first.`, [{ pointer: '/kind', message }]);
}

/** Levels of a subtree. */
async function heightOf(trx: Knex, path: string): Promise<number> {
  const { rows } = await trx.raw<{ rows: { height: number }[] }>(
    'select max(nlevel(path)) - nlevel(:path::ltree) + 1 as height from units where path <@ :path::ltree',
    { path },
  );
  return found(rows[0], 'unit').height;
}

const unitData = ({ kind, code, name, address, category, identifiers, attributes }: Unit): UnitData => ({
  ...{ kind, code, name, address, category, identifiers, attributes },
});
