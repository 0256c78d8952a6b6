import { until } from '../system/until.ts';
import type { Inside } from './inside.ts';

/** What goes on by itself after the last person is done. */
const unfinished = `
  select (select count(*) from certificate_actions where workflow_state <> 'ended')
       + (select count(*) from mail_outbox where state = 'queued')
       + (select count(*) from requests where workflow_state = 'pending_start')
       + (select count(*) from productions where state = 'running')
       + (select count(*) from certificates where state = 'revocation_pending') as n`;

const PATIENCE_MS = 240_000;

/** Waits until nothing is under way any more. What never ends, the book tells by name: so a long wait is no error here. */
export async function settled({ operations, client }: Inside): Promise<void> {
  const isSettled = async () => {
    // The workflows first: the last thing that one does is to queue a mail.
    const { count } = await client.workflow.count("ExecutionStatus = 'Running' and WorkflowType != 'request'");
    if (count > 0) return false;
    const { rows } = (await operations.raw(unfinished)) as { rows: { n: number }[] };
    return Number(rows[0]?.n) === 0;
  };
  await until('everything to come to rest', () => isSettled().catch(() => false), PATIENCE_MS).catch(() => undefined);
}
