import { z } from 'zod';

import { lineLevels, logLevels, logModules } from '../../domain/logging.ts';
import { Id, Page, shown, Time } from './common.ts';

const Level = z.enum(logLevels).nullable().meta({ description: 'null: the level the process was started with' });

export const LogModuleParam = z.strictObject({ module: z.enum(logModules) });
export const LogLevelInput = z.strictObject({ level: Level });

export const Logging = z
  .object({ modules: z.array(z.object({ module: z.enum(logModules), level: Level })) })
  .meta({ id: 'Logging', description: 'Every process follows within seconds' });

export const LogQuery = z.strictObject({
  level: z.enum(lineLevels).optional(),
  module: z.enum(logModules).optional(),
  requestId: Id.optional(),
  ...Page,
});

export const LogEntry = z
  .object({
    id: Id,
    at: Time,
    level: shown(lineLevels),
    process: z.string(),
    host: z.string(),
    pid: z.int(),
    module: z.string(),
    requestId: Id.nullable(),
    message: z.string(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'LogEntry' });
