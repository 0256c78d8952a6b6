import { fileURLToPath } from 'node:url';

import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

import { failureConverterPath } from '../workflows/codec/data-converter.ts';

const ownWorkflows = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
const interceptorsPath = fileURLToPath(new URL('../workflows/interceptors.ts', import.meta.url));

/** The workflows as one piece of code for the sandbox. Failure converter and interceptors are built in: the worker's own do not reach it. */
export const workflowBundle = (workflowsPath = ownWorkflows): Promise<WorkflowBundleWithSourceMap> =>
  bundleWorkflowCode({
    ...{ workflowsPath, failureConverterPath, workflowInterceptorModules: [interceptorsPath] },
    logger: { ...quiet, log: () => {} },
  });

const nothing = () => {};
/** Building says nothing unless it fails, and then it throws. */
const quiet = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
