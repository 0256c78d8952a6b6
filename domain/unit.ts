import { z } from 'zod';

import { assignmentsFor, type Actor } from './actor.ts';
import { failure } from './errors.ts';
import { text } from './holder.ts';
import { isWithin, levelsOf } from './unit-path.ts';

/** From the widest to the narrowest: a unit holds units of its own kind or of a narrower one. */
export const unitKinds = ['organization', 'division', 'office'] as const;
export type UnitKind = (typeof unitKinds)[number];

/** What a unit is by itself: `scheduled` opens later, `ended` was open until a moment that has passed, `closed` was closed by hand. */
export const unitStates = ['open', 'scheduled', 'ended', 'closed'] as const;
export type UnitState = (typeof unitStates)[number];

/** What is said of a unit among others: its own state, or that a unit above it is not open, which closes it too. */
export const shownUnitStates = [...unitStates, 'closed_above'] as const;
export type ShownUnitState = (typeof shownUnitStates)[number];

/** The deepest tree: the path of a unit must fit into an entry of an index. */
export const MAX_LEVELS = 40;

/** Attributes or identifiers: names of a word or a few, as `IPA code`, each once. */
const Labels = z
  .array(
    z.strictObject({
      name: z
        .string()
        .trim()
        .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,39}$/u, 'Letters, digits, spaces, points and hyphens, at most 40'),
      value: text(200),
    }),
  )
  .max(30, 'At most 30 entries')
  .refine((labels) => new Set(labels.map(({ name }) => name)).size === labels.length, 'Each name once');

export const UnitAddress = z.strictObject({
  street: text(120),
  postalCode: text(12),
  city: text(80),
  /** ISO 3166-1 alpha-2. */
  country: z.string().regex(/^[A-Z]{2}$/, 'A country code of two letters, such as IT'),
});

/** What people say of a unit. */
export const UnitData = z.strictObject({
  kind: z.enum(unitKinds),
  code: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/, 'Letters, digits, points and hyphens, at most 32'),
  name: text(120),
  address: UnitAddress.nullable(),
  /** Geographic: urban, mountain, island. */
  category: text(60).nullable(),
  /** How others know the unit: an IPA code, a VAT number. */
  identifiers: Labels,
  attributes: Labels,
});
export type UnitData = z.infer<typeof UnitData>;

/** When a unit is open: not before `opensAt`, not from `closesAt` on, and never while it is closed by hand. */
export interface UnitWindow {
  active: boolean;
  opensAt: Date | null;
  closesAt: Date | null;
}

/** The SQL form is `unitState` in db/reads. */
export function unitState({ active, opensAt, closesAt }: UnitWindow, now: Date): UnitState {
  if (!active) return 'closed';
  if (closesAt !== null && closesAt <= now) return 'ended';
  return opensAt !== null && opensAt > now ? 'scheduled' : 'open';
}

/** Throws `invalid_input` unless the window is still open for a while at some time. */
export function assertWindow({ opensAt, closesAt }: Omit<UnitWindow, 'active'>, now: Date): void {
  const wrong = (message: string) => failure('invalid_input', `${message}.`, [{ pointer: '/closesAt', message }]);
  if (closesAt === null) return;
  if (closesAt <= now) throw wrong('Choose an end in the future');
  if (opensAt !== null && opensAt >= closesAt) throw wrong('Choose an end after the beginning');
}

/** A unit, with its subtree, as it is to be placed somewhere. */
export interface Placed {
  kind: UnitKind;
  /** Levels of the subtree: 1 without children. */
  height: number;
  /** Absent: it is new. */
  path?: string;
}

/** Throws `invalid_input` unless the unit may stand below `parent`. */
export function assertPlace({ kind, height, path }: Placed, parent: { kind: UnitKind; path: string }): void {
  const wrong = (message: string) => failure('invalid_input', `${message}.`, [{ pointer: '/parentId', message }]);
  if (path !== undefined && isWithin(parent.path, path)) throw wrong('A unit cannot stand below itself: choose a unit outside of it');
  if (!goesBelow(kind, parent.kind)) throw wrong(`${aKind[parent.kind]} holds no ${kind}: choose a wider unit`);
  if (levelsOf(parent.path) + height > MAX_LEVELS)
    throw wrong(`The tree would have more than ${MAX_LEVELS} levels: choose a unit further up`);
}

const aKind: Record<UnitKind, string> = { organization: 'An organization', division: 'A division', office: 'An office' };

/** True if a unit of one kind may stand directly below one of the other. */
export const goesBelow = (kind: UnitKind, parent: UnitKind): boolean => unitKinds.indexOf(kind) >= unitKinds.indexOf(parent);

/**
 * True for an administrator whose task lies outside of the unit and reaches it: only they open, close and move it. Whoever administers a unit from
 * within would take it out of the sight of who set them there, or shut themselves out.
 */
export const standsAbove = (actor: Actor, unitPath: string): boolean =>
  assignmentsFor(actor, 'unit.manage').some(
    (a) => !isWithin(a.unitPath, unitPath) && (a.visibility === 'all' || (a.visibility === 'subtree' && isWithin(unitPath, a.unitPath))),
  );
