import type { Permission } from '../../domain/permissions.ts';
import type { Caller } from './callers.ts';
import { places, type Kind, type Place, type Row, type World } from './world.ts';

/** Refused outright, not found as if it did not exist, or not refused for who asks. */
export type Outcome = 'forbidden' | 'not_found' | 'passes';

export interface Answer {
  status: number;
  code: string | undefined;
  body: unknown;
}

/** One question to an operation, and what the caller must get. */
export interface Probe {
  label: string;
  params?: Record<string, string>;
  query?: string;
  body?: unknown;
  expect(caller: Caller): Outcome;
  /** What is wrong with the content of an answer that passes, if anything. */
  content?(body: unknown, caller: Caller): string | undefined;
  /** Told after the answer has begun; the events up to the one of this row are the content. */
  stream?: { begin(caller: Caller): Promise<void>; until(caller: Caller): string };
}

export type Case =
  | { kind: 'open'; body: unknown }
  | { kind: 'own'; body: unknown }
  /** `ofEverybody`: refused to whoever does not see everything, and to keys. */
  | { kind: 'guarded'; ofEverybody?: true; probes(world: World): Promise<Probe[]> };

/** Questions of an operation's own. */
export const guarded = (probes: (world: World) => Promise<Probe[]> | Probe[]): Case => ({
  kind: 'guarded',
  probes: async (world) => probes(world),
});

export const open = (body: unknown = {}): Case => ({ kind: 'open', body });

/** The caller's own device and another's, in the portal. */
export const ownDevices = (body: unknown = {}): Case => ({ kind: 'own', body });

interface WithoutUnit {
  params?: (world: World) => Record<string, string>;
  body?: unknown;
}
/** Is the same everywhere and changes nothing: whoever has the permission, anywhere, may. */
export const noUnit = ({ params = () => ({}), body }: WithoutUnit = {}): Case =>
  guarded((world) => [{ label: 'the system', params: params(world), body, expect: () => 'passes' }]);

/** Settings and keys of the whole installation: no administrator of one unit may, nor an API key, which has a unit. */
export const ofEverybody = (more?: WithoutUnit): Case => ({ ...noUnit(more), ofEverybody: true }) as Case;

const nameOf = ({ place, mine }: Row) => `${mine ? 'mine' : "another's"} ${place}`;
const found = (seen: boolean): Outcome => (seen ? 'passes' : 'not_found');

interface OfObject {
  query?: string;
  params?: (row: Row, world: World) => Record<string, string>;
  /** The body names a row of this kind too, which must be visible as well. */
  and?: Kind;
  body?: (andId: string, row: Row) => unknown;
  /** Rows without a registrar, of which `own` shows the office's. */
  works?: boolean;
  /** What the answer offers to do, and the permission that it takes. */
  may?: Record<string, Permission>;
}

/** One row by its id: hidden rows answer as if they did not exist. */
export const object = (kind: Kind, { params, query, and, body, works = false, may = {} }: OfObject = {}): Case =>
  guarded((world) => {
    const others = and ? world.rows[and] : [];
    const here = others.find((row) => row.place === 'here');
    const ask = (row: Row, other: Row | undefined): Probe => ({
      label: other ? `${nameOf(row)} with ${and} ${other.place}` : nameOf(row),
      params: { id: row.id, ...params?.(row, world) },
      ...(query && { query }),
      body: body?.(other?.id ?? '', row),
      expect: (caller) => found((works ? caller.works(row) : caller.sees(row)) && (!other || caller.sees(other))),
      content: (answer, caller) => offersTooMuch(answer, caller, may),
    });
    const rows = world.rows[kind];
    const mine = rows.filter((row) => row.mine && ['here', 'below'].includes(row.place));
    return [...rows.map((row) => ask(row, here)), ...mine.flatMap((row) => others.map((other) => ask(row, other)))];
  });

function offersTooMuch(answer: unknown, caller: Caller, needed: Record<string, Permission>): string | undefined {
  const offered = (answer as { may?: Record<string, boolean> }).may ?? {};
  const wrong = Object.entries(needed).filter(([what, permission]) => offered[what] && !caller.can(permission));
  return wrong.length === 0 ? undefined : `offers ${wrong.map(([what]) => what).join(', ')}`;
}

/** What is made in a unit that the body names. */
export const inUnit = (body: (unitId: string, world: World) => unknown): Case =>
  guarded((world) =>
    places.map((place) => ({
      label: `in the unit ${place}`,
      body: body(world.units[place], world),
      expect: (caller) => (caller.works({ place }) ? 'passes' : 'forbidden'),
    })),
  );

/** What is made in a unit, with a row of the same unit that the body names. */
export const referring = (kind: Kind, make: (row: Row, world: World) => { body: unknown; unit: Place }): Case =>
  guarded((world) =>
    world.rows[kind].map((row) => {
      const { body, unit } = make(row, world);
      const expect = (caller: Caller) => (caller.works({ place: unit }) ? found(caller.sees(row) && row.place === unit) : 'forbidden');
      return { label: `with ${nameOf(row)}`, body, expect };
    }),
  );

interface OfList {
  /** Filters that leave every row, so that a filter does not open what the list closes. */
  queries?: string[];
  /** The list can be asked for a unit. */
  byUnit?: boolean;
  id?: string;
  /** Rows without a registrar, of which `own` shows the office's. */
  works?: boolean;
}

/** Rows: exactly those that show, whatever is asked for. */
export const list = (kind: Kind, { queries = [], byUnit = false, id = 'id', works = false }: OfList = {}): Case =>
  guarded(async (world) => {
    const rows = await world.now(kind);
    const ask = (label: string, query: string, asked: Row[]): Probe => ({
      ...{ label, query, expect: () => 'passes' },
      content: (body, caller) =>
        differs(
          idsOf(body, id),
          asked.filter(works ? caller.works : caller.sees).map((row) => row.id),
        ),
    });
    return [
      ...['', ...queries].map((query) => ask(`all ${query}`, query, rows)),
      ...(byUnit ? places : []).map((place) => {
        return ask(
          `of the unit ${place}`,
          `unitId=${world.units[place]}`,
          rows.filter((r) => r.unitId === world.units[place]),
        );
      }),
    ];
  });

const idsOf = (body: unknown, id: string): string[] => (body as { items: Record<string, unknown>[] }).items.map((item) => String(item[id]));

/** What is shown and should not be, or the other way round. */
export function differs(got: string[], want: string[]): string | undefined {
  const [more, less] = [got.filter((id) => !want.includes(id)), want.filter((id) => !got.includes(id))];
  return more.length + less.length === 0 ? undefined : `shows ${more.length} too many, ${less.length} too few of ${want.length}`;
}

/** Both kinds of question to one operation. */
export const together = (...cases: Case[]): Case =>
  guarded(async (world) => (await Promise.all(cases.map(async (c) => (c.kind === 'guarded' ? c.probes(world) : [])))).flat());
