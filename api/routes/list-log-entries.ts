import { logEntries } from '../../db/reads/logging.ts';
import { given } from '../given.ts';
import { operation } from '../operation.ts';
import { page } from '../schemas/common.ts';
import { LogEntry, LogQuery } from '../schemas/logging.ts';

export const listLogEntries = operation({
  method: 'get',
  path: '/log-entries',
  summary: 'Lines that processes logged to the database, newest first',
  permission: 'monitor.read',
  query: LogQuery,
  response: page(LogEntry).meta({ id: 'LogEntryPage' }),
  handle: ({ query }, { db }) => logEntries(db, given(query)),
});
