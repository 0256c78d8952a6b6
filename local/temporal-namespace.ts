import { setTimeout as delay } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

import type { TemporalTarget } from '../domain/configuration/temporal.ts';

const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const RETENTION = '30 days';
const RETRY_MS = 50;

/**
 * Waits until the server at the address takes work for the namespace, and makes the namespace when it is not there. Gives up, with the
 * server's last word, after `ms` or when `gone()`.
 */
export async function ensureNamespace(
  target: TemporalTarget,
  namespace: string,
  until: { ms: number; gone?: () => boolean },
): Promise<void> {
  const connection = Connection.lazy(target);
  try {
    for (const end = Date.now() + until.ms; ; await delay(RETRY_MS)) {
      const problem = await attempt(connection, namespace);
      if (!problem) return;
      if (until.gone?.() || Date.now() > end) throw new Error(`Temporal at ${target.address} does not answer: ${problem}`);
    }
  } finally {
    await connection.close();
  }
}

/** One try; what went wrong, or undefined. A namespace that was just made takes a moment to reach all parts of the server. */
async function attempt(connection: Connection, namespace: string): Promise<string | undefined> {
  try {
    await connection.withDeadline(Date.now() + 5000, async () => {
      await register(connection, namespace);
      await connection.workflowService.countWorkflowExecutions({ namespace });
      await askHistory(connection, namespace);
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function register(connection: Connection, namespace: string): Promise<void> {
  const workflowExecutionRetentionPeriod = msToTs(RETENTION);
  try {
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
  } catch (error) {
    if (!hasCode(error, ALREADY_EXISTS)) throw error;
  }
}

/**
 * The part that keeps workflows joins last, and later still when the server before was killed. Without it nothing can be started; asked
 * for a workflow that nobody has, it says so.
 */
async function askHistory(connection: Connection, namespace: string): Promise<void> {
  try {
    await connection.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId: 'is-history-there' } });
  } catch (error) {
    if (!hasCode(error, NOT_FOUND)) throw error;
  }
}

const hasCode = (error: unknown, code: number): boolean => isGrpcServiceError(error) && (error.code as number) === code;
