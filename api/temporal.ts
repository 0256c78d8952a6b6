import { setTimeout as pause } from 'node:timers/promises';

import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  isRetryableError,
  makeGrpcRetryInterceptor,
  type WorkflowClientInterceptor,
} from '@temporalio/client';

import type { TemporalTarget } from '../domain/configuration/temporal.ts';
import type { KeyRing } from '../domain/key-ring.ts';
import { dataConverter } from '../workflows/codec/data-converter.ts';
import { withRequestId } from '../workflows/request-id.ts';
import { currentRequestId } from './request-context.ts';

/** A person waits: a short trouble of the network is ridden out, a longer one is told (503) and left to the reconciler. */
const attempts = 4;
/** Longer than the longest pause between them (100 ms · 1.7³ and 20 % jitter). */
const drainMs = 700;

export interface TemporalConnection {
  client: Client;
  close: () => Promise<void>;
}

/**
 * Client whose payloads are encrypted under the payload keys. Connects when it is first used and again whenever it must, so the API starts, reads
 * and says what is down while Temporal is away.
 */
export function connectTemporal({ namespace, ...target }: TemporalTarget & { namespace: string }, keys: KeyRing): TemporalConnection {
  let closing = false;
  const retry = makeGrpcRetryInterceptor({
    ...defaultGrpcRetryOptions(),
    retryableDecider: (attempt, status) => !closing && attempt < attempts && isRetryableError(status),
  });
  const connection = Connection.lazy({ ...target, interceptors: [retry] });
  return {
    client: new Client({
      ...{ connection, namespace, dataConverter: dataConverter(keys) },
      interceptors: { workflow: [carryRequestId] },
    }),
    close: async () => {
      closing = true;
      // A retry that finds its channel shut down throws out of a timer and would end the process with an error.
      await pause(drainMs);
      await connection.close();
    },
  };
}

/** What the API starts or tells is found again in the worker's log under the id of the request. */
const carryRequestId: WorkflowClientInterceptor = {
  startWithDetails: (input, next) => next({ ...input, headers: withRequestId(input.headers, currentRequestId()) }),
  startUpdate: (input, next) => next({ ...input, headers: withRequestId(input.headers, currentRequestId()) }),
  signal: (input, next) => next({ ...input, headers: withRequestId(input.headers, currentRequestId()) }),
};
