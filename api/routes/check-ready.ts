import { z } from 'zod';

import { failure } from '../../domain/errors.ts';
import { operation } from '../operation.ts';
import { ServiceState } from '../schemas/home.ts';

/** Reading goes on without them, and who needs them is told so: no reason to send people to another process, which lacks them too. */
const withoutIt: ReadonlySet<string> = new Set(['hsm']);

export const checkReady = operation({
  method: 'get',
  path: '/health/ready',
  summary: 'Every service that this process cannot do without answers; else 503 names those that do not',
  permission: 'public',
  response: z.object({ state: z.literal('ready'), services: z.array(ServiceState) }),
  handle: async (_, { health }) => {
    const services = await health.report();
    const down = services
      .filter(({ name, state }) => state === 'down' && !withoutIt.has(name))
      .map(({ name, detail }) => `${name} (${detail})`);
    if (down.length > 0) throw failure('unavailable', `Not ready: ${down.join(', ')}.`);
    return { state: 'ready' as const, services };
  },
});
