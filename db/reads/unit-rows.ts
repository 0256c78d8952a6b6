import type { Knex } from 'knex';

import { officeWide, reachOf, type Actor } from '../../domain/actor.ts';
import { activeStates, completedStates, type RequestState } from '../../domain/request-state.ts';
import type { ShownUnitState, UnitKind } from '../../domain/unit.ts';
import { operatorInForce } from './actor.ts';
import { unitInForce, unitState } from './units-in-force.ts';
import { visibleTo } from './visible-to.ts';

export interface UnitRow extends Record<string, unknown> {
  id: string;
  parentId: string | null;
  path: string;
  kind: UnitKind;
  code: string;
  name: string;
  category: string | null;
  state: ShownUnitState;
  /** The actor sees units directly below. */
  hasChildren: boolean;
  /** Who works in the unit itself, today. */
  operators: number;
  /** Requests of the unit, and of all below it where the actor sees that. */
  activeRequests: number;
  completedRequests: number;
  version: number;
}

/** Units as lists and pages show them to the actor; what is counted is counted for the rows that are shown only. */
export const unitRows = (knex: Knex, actor: Actor): Knex.QueryBuilder =>
  knex('units')
    .select(['id', 'parent_id', 'path', 'kind', 'code', 'name', 'category', 'version'].map((column) => `units.${column}`))
    .select({
      state: knex.raw(shownState),
      hasChildren: knex.raw('exists (?)', [
        shownIn(knex('units as child').select(knex.raw('1')).whereRaw('child.parent_id = units.id'), actor, 'child'),
      ]),
      operators: knex.raw(`(select count(distinct a.operator_id)::int from assignments a ${working} where a.unit_id = units.id)`),
      activeRequests: requestsIn(knex, actor, activeStates),
      completedRequests: requestsIn(knex, actor, completedStates),
    });

/** The state by itself, or that a unit above is not open. */
const shownState = `case when ${unitState('units')} = 'open' and not (${unitInForce('units')}) then 'closed_above' else ${unitState('units')} end`;

/** Leaves the assignments `a` that are in force by themselves, of operators who are. */
export const working = `join operators on operators.id = a.operator_id and ${operatorInForce}
  and a.valid_from <= now() and (a.valid_until is null or a.valid_until > now())`;

/** Of the unit, and of all below it where the actor sees all of that: from the totals, and from what is not folded into them yet. */
function requestsIn(knex: Knex, actor: Actor, states: readonly RequestState[]): Knex.Raw {
  const { everything, below } = reachOf(officeWide(actor), 'unit.read');
  const names = states.map((state) => `'requests:${state}'`).join(', ');
  const wide = '(:everything or units.path <@ any (:below::ltree[]))';
  return knex.raw(
    `(select coalesce(sum(value), 0)::float8 from (
        select t.value from unit_totals t where ${wide} and t.unit_id = units.id and t.name in (${names})
        union all select c.value from counters c where not ${wide} and c.unit_id = units.id and c.name in (${names})
        union all select d.delta from counter_deltas d join units at on at.id = d.unit_id
          where d.name in (${names}) and (at.id = units.id or ${wide} and at.path <@ units.path)
      ) figures)`,
    { everything, below: [...below] },
  );
}

/** The units that the actor sees. */
export const visibleUnits = (query: Knex.QueryBuilder, actor: Actor): Knex.QueryBuilder => shownIn(query, actor, 'units');

const shownIn = (query: Knex.QueryBuilder, actor: Actor, units: string): Knex.QueryBuilder =>
  visibleTo(query, officeWide(actor), 'unit.read', { unitPath: `${units}.path`, registeredBy: null });
