import { AsyncLocalStorage, type WorkflowInterceptorsFactory } from '@temporalio/workflow';

import { requestIdIn, withRequestId } from './request-id.ts';

/**
 * Hands the id of the request on: from the start to all that the workflow does, from a message to all that its handler does. Headers are no
 * part of what a replay compares, so recorded histories without them stay valid.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  const cause = new AsyncLocalStorage<string | undefined>();
  const current = () => cause.getStore();
  return {
    inbound: [
      {
        execute: (input, next) => cause.run(requestIdIn(input.headers), () => next(input)),
        handleUpdate: (input, next) => cause.run(requestIdIn(input.headers) ?? current(), () => next(input)),
        handleSignal: (input, next) => cause.run(requestIdIn(input.headers) ?? current(), () => next(input)),
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next({ ...input, headers: withRequestId(input.headers, current()) }),
        startChildWorkflowExecution: (input, next) => next({ ...input, headers: withRequestId(input.headers, current()) }),
        signalWorkflow: (input, next) => next({ ...input, headers: withRequestId(input.headers, current()) }),
        continueAsNew: (input, next) => next({ ...input, headers: withRequestId(input.headers, current()) }),
      },
    ],
  };
};
