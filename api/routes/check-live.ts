import { z } from 'zod';

import { operation } from '../operation.ts';

export const checkLive = operation({
  method: 'get',
  path: '/health/live',
  summary: 'This process answers',
  permission: 'public',
  response: z.object({ state: z.literal('live') }),
  handle: () => Promise.resolve({ state: 'live' as const }),
});
