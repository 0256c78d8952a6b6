import type { Knex } from 'knex';

import { permits, type Actor } from '../../domain/actor.ts';
import type { Permission } from '../../domain/permissions.ts';
import { counted } from './counters.ts';
import { iso } from './requests.ts';
import { ownership, visibleTo } from './visible-to.ts';

const DAYS = 30;
const LONGEST_LIST = 20;

/** What waits for the actor, and figures of the units the actor sees. */
export async function home(knex: Knex, actor: Actor) {
  const [waiting, states, issued, offices, officers] = await Promise.all([
    waitingFor(knex, actor),
    countStates(knex, actor),
    issuedPerDay(knex, actor),
    knex('units').where({ kind: 'office', active: true }).count({ n: '*' }).first(),
    knex('assignments').where({ role: 'RO' }).countDistinct({ n: 'operator_id' }).first(),
  ]);
  const today = new Date().toISOString().slice(0, 10);
  const state = (name: string) => states.get(name) ?? 0;
  const figures = {
    issuedToday: total(issued.filter((i) => i.day === today)),
    pendingApproval: state('requests:pending_approval'),
    running: state('requests:in_production') + state('requests:approved') + state('requests:submitted'),
    stopped: waiting.filter((w) => w.kind === 'resume' || w.kind === 'problem').length,
    activeDevices: state('devices:active'),
    suspendedDevices: state('devices:suspended'),
    offices: Number(offices?.n ?? 0),
    officers: Number(officers?.n ?? 0),
  };
  return { waiting, figures, issuedPerDay: byDay(issued), byOffice: byOffice(issued) };
}

/** In what states a request waits for somebody with which permission. Most urgent first. */
const tasks: { kind: 'resume' | 'problem' | 'approve' | 'produce' | 'deliver'; permission: Permission; where: string }[] = [
  { kind: 'resume', permission: 'device.produce', where: `requests.state = 'in_production' and requests.waits_for = 'card'` },
  {
    kind: 'problem',
    permission: 'device.produce',
    where: `requests.state = 'in_production' and requests.waits_for <> 'card' and requests.problem_code is not null`,
  },
  {
    kind: 'approve',
    permission: 'request.decide',
    where: `requests.state = 'pending_approval' and requests.registered_by <> :me
      and not exists (select from approvals a where a.request_id = requests.id and a.round = requests.round and a.operator_id = :me)`,
  },
  { kind: 'produce', permission: 'device.produce', where: `requests.state = 'approved'` },
  { kind: 'deliver', permission: 'device.deliver', where: `requests.state = 'produced'` },
];

async function waitingFor(knex: Knex, actor: Actor) {
  const lists = await Promise.all(
    tasks
      .filter((t) => permits(actor, t.permission))
      .map(async (task) => {
        const query = knex('requests')
          .join('device_profiles', 'device_profiles.id', 'requests.profile_id')
          .whereRaw(task.where, { me: actor.id })
          .orderBy('requests.waiting_since')
          .limit(LONGEST_LIST)
          .select('requests.*', { nameEn: 'device_profiles.name_en', nameIt: 'device_profiles.name_it' });
        const rows = (await visibleTo(query, actor, task.permission, ownership('requests'))) as WaitingRow[];
        return rows.map((r) => ({
          kind: task.kind,
          requestId: r.id,
          number: r.number,
          holder: `${r.data.givenName} ${r.data.familyName}`,
          profile: { en: r.nameEn as string, it: r.nameIt as string },
          problem: r.problemDetail as string | null,
          since: iso(r.waitingSince),
          dueAt: iso(r.deadlineAt),
        }));
      }),
  );
  return lists.flat().slice(0, LONGEST_LIST);
}

interface WaitingRow extends Record<string, unknown> {
  id: string;
  number: string;
  data: { givenName: string; familyName: string };
}

async function countStates(knex: Knex, actor: Actor): Promise<Map<string, number>> {
  const query = countersOf(knex, actor).where('c.day', '-infinity').groupBy('c.name').select('c.name').sum({ value: 'c.value' });
  const rows = (await query) as { name: string; value: string | number }[];
  return new Map(rows.map((r) => [r.name, Number(r.value)]));
}

interface Issued {
  day: string;
  model: string;
  unitId: string;
  unitName: string;
  value: number;
}

async function issuedPerDay(knex: Knex, actor: Actor): Promise<Issued[]> {
  const rows = (await countersOf(knex, actor)
    .whereRaw(`c.name like 'issued:%' and c.day > current_date - ?::int`, [DAYS])
    .groupBy('c.day', 'c.name', 'units.id', 'units.name')
    .select({ day: 'c.day', name: 'c.name', unitId: 'units.id', unitName: 'units.name' })
    .sum({ value: 'c.value' })) as unknown as (Omit<Issued, 'model'> & { name: string })[];
  return rows.map((r) => ({ ...r, model: r.name.slice('issued:'.length), value: Number(r.value) }));
}

const countersOf = (knex: Knex, actor: Actor): Knex.QueryBuilder =>
  visibleTo(knex.from(knex.raw(`${counted} as c`)).join('units', 'units.id', 'c.unit_id'), officeWide(actor), 'home.read', {
    unitPath: 'units.path',
    registeredBy: null,
  });

/** Counters know units, not registrars: whoever sees own registrations only sees the figures of the office. */
const officeWide = (actor: Actor): Actor =>
  actor.kind === 'holder'
    ? actor
    : { ...actor, assignments: actor.assignments.map((a) => (a.visibility === 'own' ? { ...a, visibility: 'office' } : a)) };

const total = (issued: Issued[]): number => issued.reduce((sum, i) => sum + i.value, 0);

function byDay(issued: Issued[]) {
  const start = Date.now() - (DAYS - 1) * 86_400_000;
  return Array.from({ length: DAYS }, (_, i) => new Date(start + i * 86_400_000).toISOString().slice(0, 10)).map((day) => {
    const of = (model: string) => total(issued.filter((x) => x.day === day && x.model === model));
    return { day, desk: of('desk'), bureau: of('bureau'), self: of('self'), virtual: of('virtual') };
  });
}

function byOffice(issued: Issued[]) {
  const units = new Map<string, { unitId: string; name: string; value: number }>();
  for (const { unitId, unitName, value } of issued) {
    const unit = units.get(unitId) ?? { unitId, name: unitName, value: 0 };
    units.set(unitId, { ...unit, value: unit.value + value });
  }
  return [...units.values()].sort((a, b) => b.value - a.value).slice(0, 6);
}
