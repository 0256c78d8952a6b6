import { z } from 'zod';

import { failure } from '../../domain/errors.ts';
import { operation } from '../operation.ts';
import { ServiceState } from '../schemas/home.ts';

export const checkReady = operation({
  method: 'get',
  path: '/health/ready',
  summary: 'Every service behind this process answers; else 503 names those that do not',
  permission: 'public',
  response: z.object({ state: z.literal('ready'), services: z.array(ServiceState) }),
  handle: async (_, { health }) => {
    const services = await health.report();
    const down = services.filter((service) => service.state === 'down').map(({ name, detail }) => `${name} (${detail})`);
    if (down.length > 0) throw failure('unavailable', `Not ready: ${down.join(', ')}.`);
    return { state: 'ready' as const, services };
  },
});
