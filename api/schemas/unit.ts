import { z } from 'zod';

import { Moment } from '../../domain/moment.ts';
import { shownUnitStates, unitKinds } from '../../domain/unit.ts';
import { UnitAddress, UnitData } from '../../domain/unit-data.ts';
import { Count, Id, LocalText, Named, Page, Search, several, shown, Time } from './common.ts';

export const UnitInput = z.strictObject(UnitData.shape).meta({ id: 'UnitInput' });
export const UnitCreate = z.strictObject({ parentId: Id, ...UnitData.shape }).meta({ id: 'UnitCreate' });
export const UnitMove = z.strictObject({ parentId: Id }).meta({ id: 'UnitMove' });
export const UnitOpening = z
  .strictObject({
    opensAt: Moment.nullable().default(null).meta({ description: 'null: now' }),
    closesAt: Moment.nullable().default(null).meta({ description: 'null: until it is closed' }),
  })
  .meta({ id: 'UnitOpening' });

const Typed = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'No control characters')
    .optional();

export const UnitQuery = z.strictObject({
  parentId: z
    .union([Id, z.literal('top')])
    .optional()
    .meta({ description: 'Directly below this unit; `top`: where my part of the tree begins' }),
  search: Search,
  code: Typed(32).meta({ description: 'The whole code' }),
  kind: several(unitKinds),
  state: several(shownUnitStates),
  category: Typed(60),
  attribute: Typed(250).meta({ description: 'An attribute or identifier that the unit has: `name`, or `name=value`' }),
  sort: z.enum(['name', 'code']).default('name'),
  ...Page,
});

/** A unit in a list. */
export const Unit = z
  .object({
    id: Id,
    parentId: Id.nullable(),
    kind: shown(unitKinds),
    code: z.string(),
    name: z.string(),
    category: z.string().nullable(),
    state: shown(shownUnitStates).meta({ description: 'Whoever works there has effect while it is open' }),
    hasChildren: z.boolean().meta({ description: 'I see units directly below' }),
    operators: Count.meta({ description: 'Who works in the unit itself, today' }),
    activeRequests: Count.meta({ description: 'Of the unit, and of all below it where I see all of that' }),
    completedRequests: Count,
    version: z.int(),
  })
  .meta({ id: 'Unit' });

const Labels = z.array(z.object({ name: z.string(), value: z.string() }));

export const UnitDetail = z
  .object({
    ...Unit.shape,
    address: z.object(UnitAddress.shape).nullable(),
    identifiers: Labels,
    attributes: Labels,
    opensAt: Time.nullable(),
    closesAt: Time.nullable(),
    above: z.array(Named).meta({ description: 'Visible units above, the root first' }),
    roles: z.array(z.object({ code: z.string(), name: LocalText, operators: Count })),
    ifClosed: z
      .object({ operators: Count, requests: Count, to: z.string() })
      .nullable()
      .meta({ description: 'Who would lose effect, and how many requests would go to which unit, were it closed now' }),
    may: z.object({ edit: z.boolean(), add: z.boolean(), open: z.boolean(), close: z.boolean(), move: z.boolean() }),
  })
  .meta({ id: 'UnitDetail' });

export const UnitLabels = z.object({ categories: z.array(z.string()), attributes: z.array(z.string()) }).meta({ id: 'UnitLabels' });
