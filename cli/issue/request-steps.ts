import type { ErrorCode } from '../../domain/errors.ts';
import { ApiError } from '../api-client.ts';
import type { RequestDetail, Station, Unit } from '../api-types.ts';
import { watch } from '../watch.ts';
import type { Officer } from './crew.ts';

/** Who and what serves one row. */
export interface Desk {
  registrar: Officer;
  /** The nearest first; they also make the card. */
  approvers: Officer[];
  unit: Unit;
  /** Code of the station that `--station` names. */
  station: string | undefined;
  /** Productions begun in this run: a station that spoils every card is not fed for ever. */
  attempts: number;
  /** Times a card was put back into the reader. */
  resumptions: number;
  /** Whose turn it is to put a card back into a station's reader: one hand a reader. */
  turns: Map<string, Promise<unknown>>;
}

const MAX_ATTEMPTS = 3;
const MAX_RESUMPTIONS = 6;
/** A request whose start was cut off is started again within a minute. */
const APPROVAL_MS = 180_000;
/** Cards wait for their turn at the reader, and for a CA or an HSM that is away. */
const PRODUCTION_MS = 600_000;

/** The state after the workflow has taken the request up. */
export const settle = (desk: Desk, request: RequestDetail): Promise<RequestDetail> =>
  whenever(desk, request, { done: (r) => r.state !== request.state, timeoutMs: APPROVAL_MS });

/** One more approval, by an officer who has given none. */
export function approve(desk: Desk, request: RequestDetail): Promise<RequestDetail> {
  const voted = new Set((request.approval?.votes ?? []).filter((v) => !v.voided).map((v) => v.by.id));
  const officers = desk.approvers.filter((o) => o.me.id !== request.registeredBy.id && !voted.has(o.me.id));
  if (officers.length === 0) throw refusal('forbidden', 'It needs the approval of one more officer: name another --approver');
  return byFirst(officers, ({ client }) => client.post(`/requests/${request.id}/decisions`, { verdict: 'approve', comment: '' }));
}

/** Starts the card at a station with blank devices. */
export async function startProduction(desk: Desk, request: RequestDetail): Promise<RequestDetail> {
  if (desk.attempts >= MAX_ATTEMPTS) throw refusal('card_fault', `${MAX_ATTEMPTS} cards were spoiled: look at the station`);
  desk.attempts += 1;
  const started = await byFirst(desk.approvers, async (officer) => {
    const stations = stationsFor(desk, await officer.stations());
    return byFirst(stations, ({ id }) => officer.client.post<RequestDetail>(`/requests/${request.id}/production`, { stationId: id }));
  });
  return started.state === 'approved' ? settle(desk, started) : started;
}

/** The named station; else those of the unit, then any other with a virtual reader. */
function stationsFor(desk: Desk, stations: readonly Station[]): Station[] {
  const isHere = (s: Station) => Number(s.unit.id === desk.unit.id);
  const fit = desk.station
    ? stations.filter((s) => s.code === desk.station)
    : stations.filter((s) => s.kind === 'virtual').sort((a, b) => isHere(b) - isHere(a));
  if (fit.length === 0)
    throw refusal('not_found', `No approver of ${desk.unit.name} has a station ${desk.station ?? 'with a virtual reader'}`);
  return fit;
}

/** Done by the first who can: who may not (it is for themselves, not of their office) or has no blank device gives way to the next. */
async function byFirst<T, R>([first, ...others]: readonly T[], work: (one: T) => Promise<R>): Promise<R> {
  try {
    return await work(first as T);
  } catch (error) {
    if (others.length === 0 || !(error instanceof ApiError && givesWay.includes(error.code))) throw error;
    return byFirst(others, work);
  }
}

const givesWay = ['forbidden', 'own_request', 'already_decided', 'not_found', 'stock_empty'];

const refusal = (code: ErrorCode, detail: string): ApiError => new ApiError(0, { code, detail });

/** Waits for the card; puts a card that is out of a virtual reader in again. */
export async function finishProduction(desk: Desk, request: RequestDetail): Promise<RequestDetail> {
  const now = await whenever(desk, request, { done: (r) => r.state !== 'in_production' || isStopped(r), timeoutMs: PRODUCTION_MS });
  if (now.state !== 'in_production') return now;
  const { problem, stationId } = now.production ?? {};
  const isCardOut = problem && ['card_absent', 'card_mismatch'].includes(problem.code) && desk.resumptions < MAX_RESUMPTIONS;
  if (!isCardOut || !stationId) throw refusal('card_fault', `The production stopped: ${problem?.detail ?? 'see the request'}`);
  desk.resumptions += 1;
  return inTurn(desk, stationId, () => putCardIn(desk, now, stationId));
}

const isStopped = ({ production }: RequestDetail): boolean => production?.state === 'stopped';

/** The reader stays this card's until it is done or has stopped again: the next hand would take it out. */
async function putCardIn(desk: Desk, request: RequestDetail, stationId: string): Promise<RequestDetail> {
  await byFirst(desk.approvers, async ({ client }) => {
    await client.post(`/stations/${stationId}/card`, { serial: request.device?.serial ?? null });
    await client.post(`/requests/${request.id}/production/resumption`, { stationId });
  });
  await whenever(desk, request, { done: (r) => !isStopped(r), isNews: () => true, timeoutMs: APPROVAL_MS });
  return whenever(desk, request, { done: (r) => r.state !== 'in_production' || isStopped(r), timeoutMs: PRODUCTION_MS });
}

function inTurn<T>({ turns }: Desk, stationId: string, work: () => Promise<T>): Promise<T> {
  const mine = (turns.get(stationId) ?? Promise.resolve()).then(work);
  turns.set(
    stationId,
    mine.catch(() => undefined),
  );
  return mine;
}

interface Until {
  done: (request: RequestDetail) => boolean;
  timeoutMs: number;
  /** Whether a new standing is a reason to read the request. Default: another state, or it waits for somebody or something outside. */
  isNews?: (standing: Standing) => boolean;
}

/** What the events of a request say. */
type Standing = { state: string; waitsFor: string | null };

function whenever(desk: Desk, { id, number, state }: RequestDetail, { done, timeoutMs, isNews }: Until): Promise<RequestDetail> {
  const isElsewhere = (now: Standing) => now.state !== state || now.waitsFor !== 'system';
  const { client } = desk.approvers[0] as Officer;
  const look = async () => {
    const request = await client.get<RequestDetail>(`/requests/${id}`);
    return done(request) ? request : undefined;
  };
  return watch({
    ...{ client, events: `/requests/${id}/events`, look, timeoutMs, what: `Request ${number}` },
    isNews: (data) => (isNews ?? isElsewhere)(data as Standing),
  });
}
