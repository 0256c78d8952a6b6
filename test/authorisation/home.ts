import type { Caller } from './callers.ts';
import { differs, type Case } from './probes.ts';
import type { Row, World } from './world.ts';

interface Home {
  waiting: { kind: string; requestId: string }[];
  figures: { activeDevices: number; offices: number; officers: number };
  byOffice: { unitId: string }[];
}

/** Work, counts and charts of the start page: of nothing but what shows. */
export const homeShows: Case = {
  kind: 'guarded',
  probes: async (world) => {
    const facts = await factsOf(world);
    return [{ label: 'work and figures', expect: () => 'passes', content: (body, caller) => wrongWith(body as Home, caller, facts) }];
  },
};

type Facts = Awaited<ReturnType<typeof factsOf>>;

async function factsOf(world: World) {
  const db = world.api.database.operations;
  const rows = await world.now('requests');
  const devices = await world.now('devices');
  const active = new Set(await db('devices').where({ state: 'active' }).pluck<string[]>('id'));
  const offices = new Set(await db('units').where({ kind: 'office' }).pluck<string[]>('id'));
  const units = await world.now('units');
  const officers = await db('assignments').where({ role: 'RO' }).select<{ unitId: string; operatorId: string }[]>('unit_id', 'operator_id');
  const placeOf = new Map(units.map((unit) => [unit.id, unit.place]));
  return {
    delivered: rows.filter((row) => world.rows.requests.some((seeded) => seeded.id === row.id)),
    active: devices.filter((row) => active.has(row.id)),
    offices: units.filter((unit) => offices.has(unit.id)),
    officers: officers.map((o) => ({ id: o.operatorId, unitId: o.unitId, place: placeOf.get(o.unitId) ?? 'elsewhere', mine: false })),
    units,
  };
}

function wrongWith({ waiting, figures, byOffice }: Home, caller: Caller, facts: Facts): string | undefined {
  const due = caller.can('device.deliver') ? facts.delivered.filter(caller.sees) : [];
  const work = differs(
    waiting.map((w) => w.requestId),
    due.map((row) => row.id),
  );
  const count = (rows: Row[]) => new Set(rows.filter(caller.works).map((row) => row.id)).size;
  const want = { activeDevices: count(facts.active), offices: count(facts.offices), officers: count(facts.officers) };
  const { activeDevices, offices, officers } = figures;
  const got = { activeDevices, offices, officers };
  const foreign = byOffice.filter(({ unitId }) => !facts.units.some((unit) => unit.id === unitId && caller.works(unit)));
  if (work) return `work ${work}`;
  if (foreign.length > 0) return `the chart shows ${foreign.length} foreign units`;
  return JSON.stringify(got) === JSON.stringify(want) ? undefined : `counts ${JSON.stringify(got)} instead of ${JSON.stringify(want)}`;
}
