import type { Knex } from 'knex';

import { officeWide, permits, type Actor } from '../../domain/actor.ts';
import type { Permission } from '../../domain/permissions.ts';
import { MONTH } from './counters.ts';
import { busiestUnits, visibleFigures, type Figure } from './figures.ts';
import { iso } from './requests.ts';
import { unitOpen } from './units-in-force.ts';
import { ownership, visibleTo } from './visible-to.ts';

const LONGEST_LIST = 20;
const BUSIEST = 6;

/** What waits for the actor, and figures of the units the actor sees. */
export async function home(knex: Knex, actor: Actor) {
  const [waiting, shown, busiest, offices, officers] = await Promise.all([
    waitingFor(knex, actor),
    visibleFigures(knex, actor),
    busiestUnits(knex, actor, BUSIEST),
    shownUnits(knex, actor).where({ kind: 'office' }).whereRaw(unitOpen('units')).count({ n: '*' }).first<{ n: string }>(),
    officersIn(knex, actor),
  ]);
  const today = new Date().toISOString().slice(0, 10);
  const state = (name: string) => total(shown.filter((f) => f.name === name));
  const figures = {
    issuedToday: total(shown.filter((f) => f.day === today)),
    pendingApproval: state('requests:pending_approval'),
    running: state('requests:in_production') + state('requests:approved') + state('requests:submitted'),
    stopped: waiting.filter((w) => w.kind === 'resume' || w.kind === 'problem').length,
    activeDevices: state('devices:active'),
    suspendedDevices: state('devices:suspended'),
    offices: Number(offices?.n ?? 0),
    officers,
  };
  return { waiting, figures, issuedPerDay: byDay(shown), byOffice: busiest };
}

/** Units in the figures: those of `visibleFigures`. */
const shownUnits = (knex: Knex, actor: Actor): Knex.QueryBuilder =>
  visibleTo(knex('units'), officeWide(actor), 'home.read', { unitPath: 'units.path', registeredBy: null });

async function officersIn(knex: Knex, actor: Actor): Promise<number> {
  const units = shownUnits(knex, actor).select('units.id');
  const row = await knex('assignments')
    .where({ role: 'RO' })
    .whereIn('unit_id', units)
    .countDistinct<{ n: string }[]>({ n: 'operator_id' });
  return Number(row[0]?.n ?? 0);
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
          .whereNotNull('requests.waiting_since')
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

const total = (figures: Figure[]): number => figures.reduce((sum, { value }) => sum + value, 0);

function byDay(figures: Figure[]) {
  const start = Date.now() - (MONTH - 1) * 86_400_000;
  return Array.from({ length: MONTH }, (_, i) => new Date(start + i * 86_400_000).toISOString().slice(0, 10)).map((day) => {
    const of = (model: string) => total(figures.filter((f) => f.day === day && f.name === `issued:${model}`));
    return { day, desk: of('desk'), bureau: of('bureau'), self: of('self'), virtual: of('virtual') };
  });
}
