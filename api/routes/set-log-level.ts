import { refOf } from '../../domain/actor.ts';
import { loggingStore } from '../../db/stores/logging.ts';
import { operation } from '../operation.ts';
import { LogLevelInput, LogModuleParam } from '../schemas/logging.ts';

export const setLogLevel = operation({
  method: 'put',
  path: '/logging/{module}',
  summary: 'Set the level of a module in all processes, without a restart',
  permission: 'log.manage',
  params: LogModuleParam,
  body: LogLevelInput,
  handle: ({ params: { module }, body: { level }, actor }, { db }) => loggingStore(db).setLevel({ by: refOf(actor), module, level }),
});
