import { body, client } from './client.ts';
import type { LogEntry, LogFilter, LogLevels, Page } from './types.ts';

export const readLogging = (): Promise<LogLevels> => body(client.GET('/logging'));
export const setLogLevel = (module: LogLevels['modules'][number]): Promise<unknown> =>
  body(client.PUT('/logging/{module}', { params: { path: { module: module.module } }, body: { level: module.level } }));
export const listLogEntries = (query: LogFilter): Promise<Page<LogEntry>> => body(client.GET('/log-entries', { params: { query } }));
