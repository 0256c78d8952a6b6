import { v7 as uuid } from 'uuid';

import { lineLevels, type LineLevel, type LogEntry } from '../../domain/logging.ts';

interface Line extends Record<string, unknown> {
  time: string;
  level: string;
  process: string;
  host: string;
  pid: number;
  module?: string;
  requestId?: string;
  msg?: string;
}

const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** PostgreSQL takes no NUL and no half of a surrogate pair: one such line would hold up all that come after it. */
const storable = (_: string, value: unknown): unknown => (typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '') : value);

/** A JSON line of the logger as an entry. */
export function entryOf(line: string): LogEntry {
  const { time, level, process, host, pid, module = 'process', requestId, msg = '', ...detail } = JSON.parse(line, storable) as Line;
  const known = typeof requestId === 'string' && isUuid.test(requestId);
  return {
    ...{ id: uuid(), at: time, level: levelOf(level), process, host, pid, module, message: msg, detail },
    requestId: known ? requestId : null,
  };
}

const levelOf = (level: string): LineLevel => lineLevels.find((l) => l === level) ?? (level === 'fatal' ? 'error' : 'debug');
