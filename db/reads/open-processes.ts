import type { Knex } from 'knex';

import type { RequestState } from '../../domain/request-state.ts';
import type { PlannedAction } from '../stores/action-rows.ts';

/** A request as a comparison with its workflow sees it. */
export interface ProcessRow {
  id: string;
  number: string;
  state: RequestState;
  workflowState: 'none' | 'pending_start' | 'started' | 'ended';
  /** Index of the approval step, or null. */
  step: number | null;
  /** The card that is being made. */
  deviceId: string | null;
  n: number | null;
}

export type ActionRow = PlannedAction & { workflowState: string; state: string };

const open = ['pending_start', 'started'];

export const openProcesses = (knex: Knex) => ({
  /** Requests that have, or should have, a workflow, by id; those after `after`. */
  requests: ({ after, limit }: { after: string; limit: number }): Promise<ProcessRow[]> =>
    requestRows(knex).whereIn('r.workflow_state', open).where('r.id', '>', after).orderBy('r.id').limit(limit),

  request: async (id: string): Promise<ProcessRow | undefined> => (await requestRows(knex).where('r.id', id))[0],

  actions: ({ after, limit }: { after: string; limit: number }): Promise<ActionRow[]> =>
    actionRows(knex).whereIn('a.workflow_state', open).where('a.id', '>', after).orderBy('a.id').limit(limit),

  action: async (id: string): Promise<ActionRow | undefined> => (await actionRows(knex).where('a.id', id))[0],
});

const requestRows = (knex: Knex) =>
  knex('requests as r')
    .leftJoin('productions as p', (join) => void join.on('p.request_id', 'r.id').andOnIn('p.state', ['running', 'stopped']))
    .select<ProcessRow[]>(
      'r.id',
      'r.number',
      'r.state',
      'r.workflow_state',
      'p.device_id',
      'p.n',
      knex.raw(`(r.approval ->> 'step')::int as step`),
    );

const actionRows = (knex: Knex) =>
  knex('certificate_actions as a')
    .join('certificates as c', 'c.id', 'a.certificate_id')
    .select<ActionRow[]>('a.id', 'a.certificate_id', 'c.ca', 'a.kind', 'a.n', 'a.workflow_state', 'c.state');
