import type { ApiClient } from '../api-client.ts';
import type { Me, Meta, Page, Station, Unit } from '../api-types.ts';
import type { Permission } from '../../domain/permissions.ts';
import { UsageError } from '../usage-error.ts';
import { passwordOf, signIn, type SignIn } from '../sign-in.ts';

/** Somebody who is signed in, with the units that their assignments reach. */
export interface Officer {
  login: string;
  me: Me;
  client: ApiClient;
  /** Visible units. */
  units: Unit[];
  /** Ids of the units in which they act, each with how near the assignment is: 0 at the unit itself. */
  reach: Map<string, number>;
  /** Stations where they can make cards; asked for once, as the answer looks into every reader. */
  stations: () => Promise<Station[]>;
}

/** Who does the work: registrars register and submit, approvers approve and make the cards. Nobody is both. */
export interface Crew {
  registrars: Officer[];
  approvers: Officer[];
  /** Whose turn it is at a station's reader. */
  turns: Map<string, Promise<unknown>>;
}

export interface CrewOptions {
  url: string;
  registrars: readonly string[];
  approvers: readonly string[];
  meta: Meta;
}

/** Signs everybody in. Without names the demonstration profile offers its own. */
export async function assembleCrew({ url, registrars, approvers, meta }: CrewOptions): Promise<Crew> {
  const both = registrars.find((login) => approvers.includes(login));
  if (both) throw new UsageError(`${both} cannot register and approve: name two different operators with --registrar and --approver.`);
  const signIns = {
    registrars: await signInsOf({ logins: registrars, role: 'RO', option: 'registrar', meta }),
    approvers: await signInsOf({ logins: approvers, role: 'DO', option: 'approver', meta }),
  };
  const [registering, approving] = await Promise.all([
    Promise.all(signIns.registrars.map((s) => officer(url, s, ['request.create', 'request.submit']))),
    Promise.all(signIns.approvers.map((s) => officer(url, s, ['request.decide', 'device.produce']))),
  ]);
  return { registrars: registering, approvers: approving, turns: new Map() };
}

/** Officers who act in a unit, the nearest first. */
export const officersFor = (officers: readonly Officer[], unitId: string): Officer[] =>
  officers.filter((o) => o.reach.has(unitId)).sort((a, b) => (a.reach.get(unitId) ?? 0) - (b.reach.get(unitId) ?? 0));

interface Wanted {
  logins: readonly string[];
  role: string;
  option: 'registrar' | 'approver';
  meta: Meta;
}

async function signInsOf({ logins, role, option, meta }: Wanted): Promise<SignIn[]> {
  if (logins.length === 0) {
    const offered = (meta.demoSignIns ?? []).filter((s) => s.role === role);
    if (offered.length === 0) throw new UsageError(`Name who acts: --${option} login (see smartcms issue --help).`);
    return offered;
  }
  const signIns: SignIn[] = [];
  for (const login of new Set(logins))
    signIns.push({ login, password: await passwordOf(login, `SMARTCMS_${option.toUpperCase()}_PASSWORD`) });
  return signIns;
}

async function officer(url: string, credentials: SignIn, needed: readonly Permission[]): Promise<Officer> {
  const { client, me } = await signIn(url, credentials);
  const lacking = needed.filter((permission) => !me.permissions.includes(permission));
  if (lacking.length > 0)
    throw new UsageError(`${credentials.login} may not do this: the permission ${lacking.join(', ')} is missing. Name another operator.`);
  const units = await unitsOf(client);
  return { login: credentials.login, me, client, units, reach: reachOf(me, units), stations: once(() => stationsOf(client)) };
}

async function unitsOf(client: ApiClient): Promise<Unit[]> {
  const units: Unit[] = [];
  for (let after: string | null = ''; after !== null;) {
    const { items, next }: Page<Unit> = await client.get<Page<Unit>>(`/units?limit=200${after && `&cursor=${after}`}`);
    units.push(...items);
    after = next;
  }
  return units;
}

const stationsOf = async (client: ApiClient): Promise<Station[]> => (await client.get<{ items: Station[] }>('/stations')).items;

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}

/** The same rule as `sees` of domain/actor.ts, over the parents of the visible units. */
export function reachOf(me: Pick<Me, 'assignments'>, units: readonly Unit[]): Map<string, number> {
  const parents = new Map(units.map((u) => [u.id, u.parentId]));
  const reach = new Map<string, number>();
  for (const unit of units) {
    const nearest = Math.min(...me.assignments.map((a) => distance(a, unit.id, parents)));
    if (nearest < Infinity) reach.set(unit.id, nearest);
  }
  return reach;
}

function distance(assignment: Me['assignments'][number], unitId: string, parents: ReadonlyMap<string, string | null>): number {
  let steps = 0;
  for (let id: string | null | undefined = unitId; id; id = parents.get(id), steps += 1) {
    if (id === assignment.unit.id) return steps > 0 && assignment.visibility === 'office' ? Infinity : steps;
  }
  return assignment.visibility === 'all' ? 99 : Infinity;
}
