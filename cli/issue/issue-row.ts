import { ApiError } from '../api-client.ts';
import type { Page, RequestDetail, RequestSummary } from '../api-types.ts';
import type { RequestState } from '../../domain/request-state.ts';
import { officersFor, type Crew, type Officer } from './crew.ts';
import { columnOf, type PersonRow, type RowError } from './person-row.ts';
import { approve, finishProduction, settle, startProduction, type Desk } from './request-steps.ts';

/** What became of a row. `seconds` is the time from the first call to the finished card. */
export interface RowOutcome {
  line: number;
  reference: string;
  outcome: 'issued' | 'skipped' | 'refused';
  requestId: string | undefined;
  number: string | undefined;
  state: RequestState | undefined;
  seconds: number;
  certificates: string[];
  errors: RowError[];
}

/** States in which the card exists: a row that is there needs nothing more from us. */
const finished: readonly RequestState[] = ['produced', 'delivered', 'activated', 'closed'];

const steps: Partial<Record<RequestState, (desk: Desk, request: RequestDetail) => Promise<RequestDetail>>> = {
  draft: (desk, request) => desk.registrar.client.post(`/requests/${request.id}/submission`),
  submitted: settle,
  pending_approval: approve,
  approved: startProduction,
  in_production: finishProduction,
};

/** Brings one person to a finished card, from wherever an earlier run left it. Never throws: what is refused is told. */
export async function issueRow(row: PersonRow, crew: Crew, station?: string): Promise<RowOutcome> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  let request: RequestDetail | undefined;
  try {
    const desk = deskOf(row, crew, station);
    request = await findRequest(desk.registrar, row);
    const skipped = request !== undefined && finished.includes(request.state);
    request ??= await register(desk, row);
    while (!finished.includes(request.state)) request = await advance(desk, request);
    request = await desk.approvers[0]!.client.get<RequestDetail>(`/requests/${request.id}`);
    return { ...outcomeOf(row, request), outcome: skipped ? 'skipped' : 'issued', seconds: seconds() };
  } catch (error) {
    return { ...outcomeOf(row, request), outcome: 'refused', seconds: seconds(), errors: rowErrors(error) };
  }
}

/** One step on. When somebody (an earlier run's last call, say) was quicker, it goes on from what they did. */
async function advance(desk: Desk, request: RequestDetail): Promise<RequestDetail> {
  try {
    return await (steps[request.state] ?? ended)(desk, request);
  } catch (error) {
    if (!(error instanceof ApiError && ['wrong_state', 'already_decided'].includes(error.code))) throw error;
    const now = await desk.registrar.client.get<RequestDetail>(`/requests/${request.id}`);
    if (now.version === request.version) throw error;
    return now;
  }
}

const outcomeOf = (row: PersonRow, request: RequestDetail | undefined) => ({
  line: row.line,
  reference: row.reference,
  requestId: request?.id,
  number: request?.number,
  state: request?.state,
  certificates: request?.certificates.map(({ id }) => id) ?? [],
  errors: [],
});

/** The people for a unit: its nearest registrar, and its approvers, the nearest first. */
function deskOf(row: PersonRow, crew: Crew, station: string | undefined): Desk {
  const [registrar] = officersFor(crew.registrars, row.unit.id);
  const approvers = officersFor(crew.approvers, row.unit.id);
  if (!registrar) throw new RowRefused('unit', 'No --registrar acts in this unit: name one who does');
  if (approvers.length === 0) throw new RowRefused('unit', 'No --approver acts in this unit: name one who does');
  return { registrar, approvers, unit: row.unit, station, attempts: 0, resumptions: 0, turns: crew.turns };
}

/** The request of an earlier run, by its reference. */
export async function findRequest({ client }: Officer, row: Pick<PersonRow, 'reference' | 'unit'>): Promise<RequestDetail | undefined> {
  const { items } = await client.get<Page<RequestSummary>>(`/requests?search=${encodeURIComponent(row.reference)}&unitId=${row.unit.id}`);
  const found = items.find((r) => r.reference === row.reference);
  return found && client.get<RequestDetail>(`/requests/${found.id}`);
}

export const register = (
  { registrar }: Pick<Desk, 'registrar'>,
  { holder, extra, unit, profile, reference }: PersonRow,
  submit = true,
): Promise<RequestDetail> =>
  registrar.client.post<RequestDetail>('/requests', { holder, extra, unitId: unit.id, profileId: profile.id, reference, submit });

function ended(_desk: Desk, { number, state }: RequestDetail): never {
  throw new RowRefused(
    '',
    `Request ${number} for this row is ${state}: it was ended earlier. Take the row out, or make a new request in the console`,
  );
}

/** A row that this command itself refuses. */
class RowRefused extends Error {
  readonly column: RowError['column'];
  constructor(column: RowError['column'], message: string) {
    super(message);
    this.column = column;
  }
}

function rowErrors(error: unknown): RowError[] {
  if (error instanceof RowRefused) return [{ column: error.column, message: error.message }];
  if (!(error instanceof ApiError)) throw error;
  const fields = error.errors.map(({ pointer, message }) => ({ column: columnOf(pointer), message, code: error.code }));
  return fields.length > 0 ? fields : [{ column: '', message: error.message, code: error.code }];
}
