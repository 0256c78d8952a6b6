/** Levels a module's log may have, most first. `silent` writes nothing. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Levels that a line has. */
export const lineLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LineLevel = (typeof lineLevels)[number];

/** The parts whose level can be set by itself, in whichever process they run. */
export const logModules = [
  'process',
  'api',
  'changes',
  'activities',
  'temporal',
  'queues',
  'audit',
  'mail',
  'counters',
  'stations',
  'validation',
  'monitor',
  'logging',
] as const;
export type LogModule = (typeof logModules)[number];

/** One line, as it goes to a database or to syslog. */
export interface LogEntry {
  id: string;
  at: string;
  level: LineLevel;
  process: string;
  host: string;
  pid: number;
  module: string;
  /** Of the call that caused it (X-Request-Id), if one did. */
  requestId: string | null;
  message: string;
  detail: Record<string, unknown>;
}
