import type { Knex } from 'knex';

import { failure } from '../../domain/errors.ts';
import { assertMove, statesBefore } from '../../domain/machine.ts';
import type { Machine } from '../../domain/machine.ts';

/** The row, or `not_found`. */
export function found<T>(row: T | undefined, what: string): T {
  if (row === undefined) throw failure('not_found', `The ${what} does not exist. Reload the list.`);
  return row;
}

/** A change of state that a machine of the domain guards; `set` are further columns. */
export interface Move<S extends string> {
  table: string;
  machine: Machine<S>;
  id: string;
  to: S;
  set?: Record<string, unknown>;
}

/** Moves one row to `to` if its present state allows it. False when it is there already; otherwise `wrong_state`. */
export async function move<S extends string>(trx: Knex, { table, machine, id, to, set = {} }: Move<S>): Promise<boolean> {
  const changed = await trx(table)
    .where({ id })
    .whereIn('state', statesBefore(machine, to))
    .update({ ...set, state: to });
  if (changed > 0) return true;
  const { state } = found(
    await trx(table).where({ id }).first<{ state: S } | undefined>('state'),
    table.replace(/_/g, ' ').replace(/s$/, ''),
  );
  if (state !== to) assertMove(machine, state, to);
  return false;
}

/** True for a violated unique constraint (SQLSTATE 23505), of this name if one is given. */
export const isDuplicate = (error: unknown, constraint?: string): boolean => {
  const { code, constraint: violated } = (error ?? {}) as { code?: string; constraint?: string };
  return code === '23505' && (constraint === undefined || violated === constraint);
};

/** What a search over people and devices looks in. */
export const searchText = (...parts: (string | null | undefined)[]): string => parts.filter(Boolean).join(' ').toLowerCase();

/** The id of the operator who acts; machines and holders do not do this. */
export function operatorId(by: { kind: string; id: string }): string {
  if (by.kind !== 'operator') throw failure('forbidden', 'Only an operator may do this.');
  return by.id;
}
