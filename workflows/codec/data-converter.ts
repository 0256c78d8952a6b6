import { fileURLToPath } from 'node:url';

import type { DataConverter } from '@temporalio/common';

import type { KeyRing } from '../../domain/key-ring.ts';
import { encryptingCodec } from './payload-codec.ts';

/** Also for `bundleWorkflowCode`, which does not take it from the worker's data converter. */
export const failureConverterPath = fileURLToPath(new URL('./failure-converter.ts', import.meta.url));

/** The data converter of every client and worker: what enters Temporal is encrypted, what comes out must have been. */
export const dataConverter = (keys: KeyRing): DataConverter => ({ failureConverterPath, payloadCodecs: [encryptingCodec(keys)] });
