import { z } from 'zod';

import { proofWays } from '../../domain/authentication.ts';
import { errorCodes } from '../../domain/errors.ts';

/** RFC 9457 problem document. `code` is stable; `detail` says what to do next. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(errorCodes) as [keyof typeof errorCodes, ...(keyof typeof errorCodes)[]]),
    detail: z.string(),
    instance: z.string().meta({ description: 'urn:uuid: and the request id, also in X-Request-Id and the logs' }),
    errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
    existing: z.uuid().optional().meta({ description: 'With `duplicate`: the id of what exists already' }),
    ways: z.array(z.enum(proofWays)).optional().meta({ description: 'With `second_factor_needed` and `step_up_needed`: how to prove it' }),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
