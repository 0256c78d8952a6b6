import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';

import { requestApprovalStore } from '../../db/stores/request-approval.ts';

export interface SentMessage {
  kind: 'start' | 'update' | 'execute';
  name: string;
  workflowId: string;
  args: unknown[];
  updateId?: string;
}

type Decided = { verdict: 'approve' | 'reject'; comment: string; by: string };

/**
 * FAKE: stands for a Temporal server in tests of the API alone. It notes what was sent and does at once, on the real database, what the request
 * workflow would do for a start and a decision; every other update answers without an effect, or as `answer` says.
 */
export class FakeTemporalClient {
  readonly sent: SentMessage[] = [];
  /** Replaces what an update or an execution does; may throw. */
  answer: ((message: SentMessage) => Promise<unknown>) | undefined;
  /** No server: nothing can be started. */
  away = false;
  /** Update ids are not remembered, as by a server that never saw the workflow. */
  rememberNothing = false;
  private readonly db: Knex;
  private readonly answers = new Map<string, Promise<unknown>>();

  constructor(db: Knex) {
    this.db = db;
  }

  get client(): Client {
    const fake = {
      withDeadline: <T>(_: number, work: () => Promise<T>) => work(),
      workflow: {
        start: (name: string, { workflowId, args }: { workflowId: string; args: unknown[] }) =>
          this.start({ kind: 'start', name, workflowId, args }),
        execute: (name: string, { workflowId, args }: { workflowId: string; args: unknown[] }) =>
          this.take({ kind: 'execute', name, workflowId, args }),
        getHandle: (workflowId: string) => ({
          executeUpdate: ({ name }: { name: string }, { args, updateId }: { args: unknown[]; updateId: string }) =>
            this.once(`${workflowId} ${updateId}`, () => this.take({ kind: 'update', name, workflowId, args, updateId })),
        }),
      },
    };
    return fake as unknown as Client;
  }

  forget(): void {
    this.answers.clear();
  }

  private async start(message: SentMessage): Promise<void> {
    if (this.away) throw new Error('no server');
    this.sent.push(message);
    if (message.name === 'request') await requestApprovalStore(this.db).openApproval({ id: message.workflowId.replace('request/', '') });
  }

  /** Like the server: the same update id is carried out once. */
  private once(key: string, work: () => Promise<unknown>): Promise<unknown> {
    const answer = (this.rememberNothing ? undefined : this.answers.get(key)) ?? work();
    this.answers.set(key, answer);
    return answer;
  }

  private async take(message: SentMessage): Promise<unknown> {
    this.sent.push(message);
    if (this.answer) return this.answer(message);
    if (message.kind === 'execute') return { serial: null };
    if (message.name !== 'decide') return {};
    const { by, ...decision } = message.args[0] as Decided;
    return requestApprovalStore(this.db).recordDecision({
      by: { kind: 'operator', id: by },
      id: message.workflowId.replace('request/', ''),
      ...decision,
    });
  }
}
