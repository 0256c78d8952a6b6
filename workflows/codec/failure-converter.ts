import { DefaultFailureConverter } from '@temporalio/common';

/** Puts message and stack of a failure through the codec too; loaded by path, also into the workflow bundle. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
