import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535).optional();

/** Where a process tells how it is: the part of its environment that is about monitoring. Without a port it does not listen. */
export const monitorEnvironment = {
  METRICS_PORT: port,
  METRICS_HOST: z.string().min(1).default('127.0.0.1'),
};
