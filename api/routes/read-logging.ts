import { logModules } from '../../domain/logging.ts';
import { setLogLevels } from '../../db/reads/logging.ts';
import { operation } from '../operation.ts';
import { Logging } from '../schemas/logging.ts';

export const readLogging = operation({
  method: 'get',
  path: '/logging',
  summary: 'The modules that write logs, with the level that is set for each',
  permission: 'monitor.read',
  response: Logging,
  handle: async (_, { db }) => {
    const levels = await setLogLevels(db);
    return { modules: logModules.map((module) => ({ module, level: levels.get(module) ?? null })) };
  },
});
