import type { openProcesses, ProcessRow } from '../db/reads/open-processes.ts';
import type { ReconciliationStore, Suspicion } from '../db/stores/reconciliations.ts';
import { judgeAction, judgeRequest } from '../domain/reconciliation.ts';
import { inParallel } from '../domain/in-parallel.ts';
import type { Processes } from './processes.ts';
import { startable } from './startable-action.ts';

export interface SweepDeps {
  processes: Processes;
  openRows: ReturnType<typeof openProcesses>;
  reconciliations: ReconciliationStore;
}

const pageSize = 1000;
const atOnce = 16;
const first = '00000000-0000-0000-0000-000000000000';

/** All rows of a keyset-paged list, page by page. */
async function* pagesOf<T extends { id: string }>(read: (page: { after: string; limit: number }) => Promise<T[]>): AsyncIterable<T[]> {
  for (let page = await read({ after: first, limit: pageSize }); page.length > 0;) {
    yield page;
    page = await read({ after: page.at(-1)?.id ?? first, limit: pageSize });
  }
}

/**
 * Compares every open row with its workflow, and notes what differs. The quick form lists the workflows that run, and looks closer only at
 * rows that are not among them; the complete form asks each workflow what it knows. Answers how many rows were compared.
 */
export async function sweep(deps: SweepDeps, { id, complete }: { id: string; complete: boolean }): Promise<number> {
  const running = new Set<string>();
  for await (const requestId of deps.processes.runningRequests()) running.add(requestId);
  const note = (found: Suspicion | undefined) => (found ? deps.reconciliations.suspect(id, [found]) : Promise.resolve());
  let checked = 0;
  for await (const page of pagesOf(deps.openRows.requests)) {
    checked += page.length;
    const closer = page.filter((row) => !running.delete(row.id) || complete);
    await inParallel(closer, { jobs: atOnce }, async (row) => note(await lookAtRequest(deps, row.id, complete)));
  }
  // what is left runs without an open row
  await inParallel(running, { jobs: atOnce }, async (requestId) => note(await lookAtRequest(deps, requestId, complete)));
  for await (const page of pagesOf(deps.openRows.actions)) {
    checked += page.length;
    await inParallel(page, { jobs: atOnce }, async (row) => note(await lookAtAction(deps, row.id)));
  }
  return checked;
}

/** The workflow first, then the row: one that ended in between has left a row that says so. */
export async function lookAtRequest(deps: SweepDeps, id: string, ask: boolean): Promise<Suspicion | undefined> {
  const look = await deps.processes.lookAtRequest(id, { ask });
  const row = await deps.openRows.request(id);
  const childRuns = ask && row && (await childRunsOf(deps, row));
  const verdict = judgeRequest(row && { ...row, ...(typeof childRuns === 'boolean' && { childRuns }) }, look);
  if (verdict === 'agrees' || verdict === 'wait') return undefined;
  const otherState = childRuns === false ? `${textOf(look)}, card without a workflow` : textOf(look);
  return { what: 'request', objectId: id, label: row?.number ?? '', rowState: row ? rowText(row) : null, otherState, verdict, look };
}

export async function lookAtAction(deps: SweepDeps, id: string): Promise<Suspicion | undefined> {
  const before = await deps.openRows.action(id);
  if (!before) return undefined;
  const look = await deps.processes.lookAtAction(startable(before));
  const row = (await deps.openRows.action(id)) ?? before;
  const verdict = judgeAction(row, look);
  if (verdict === 'agrees' || verdict === 'wait') return undefined;
  const label = `${row.kind} of ${row.certificateId}`;
  return { what: 'certificate_action', objectId: id, label, rowState: row.state, otherState: textOf(look), verdict, look };
}

async function childRunsOf({ processes }: SweepDeps, { state, deviceId, n }: ProcessRow): Promise<boolean | undefined> {
  if (state !== 'in_production' || !deviceId || n === null) return undefined;
  return (await processes.lookAtProduction(deviceId, n)).status === 'running';
}

const rowText = ({ state, step }: ProcessRow): string => (state === 'pending_approval' ? `${state} ${(step ?? 0) + 1}` : state);

function textOf(look: Suspicion['look']): string {
  if (look.status === 'missing') return 'no workflow';
  if (look.status === 'closed') return `workflow ${look.how.toLowerCase()}`;
  if (look.state === undefined) return 'workflow runs';
  return `workflow says ${look.state}${look.state === 'pending_approval' ? ` ${(look.step ?? 0) + 1}` : ''}`;
}
