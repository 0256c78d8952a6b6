import { hostname } from 'node:os';

import { pino, type Logger } from 'pino';

import type { LogEntry, LogLevel, LogModule } from '../../domain/logging.ts';
import { delivery, type Delivery } from './delivery.ts';
import { entryOf } from './entry.ts';
import type { LogConfig, LogDestination } from '../../domain/configuration/log-environment.ts';
import { rotatedFile } from './rotated-file.ts';
import { syslogSender } from './syslog.ts';

/** The logs of one process: one logger a module, all going to the same destinations. */
export interface Logs {
  module(name: LogModule): Logger;
  /** The levels that somebody has set; all other modules have LOG_LEVEL. */
  setLevels(levels: ReadonlyMap<string, LogLevel>): void;
  /** Lines that a destination could not take, by destination. */
  dropped(): Partial<Record<LogDestination, number>>;
  /** Sends what waits. */
  close(): Promise<void>;
}

export interface LogsOptions {
  /** Name of the process: api, worker, validation. */
  process: string;
  config: LogConfig;
  /** Writes lines into the database; asked only with the destination `database`. */
  saveEntries: (entries: LogEntry[]) => Promise<void>;
}

/** Second wall: nobody should log these, and if somebody does they do not leave. */
const secrets = ['pin', 'puk', 'password', 'token', 'cookie', 'authorization', 'taxCode', 'email'];
const redact = secrets.flatMap((name) => [name, `*.${name}`]);

/** Opens the destinations. None of them can make the process wait or fail: what they cannot take is dropped and counted. */
export async function openLogs({ process: name, config, saveEntries }: LogsOptions): Promise<Logs> {
  const levels = new Map<string, LogLevel>();
  const loggers = new Map<LogModule, Logger>();
  const open = new Map<LogDestination, Delivery>();
  for (const destination of config.LOG_DESTINATIONS) {
    const news = newsOf(destination, () => module('logging'));
    open.set(destination, await openers[destination]({ config, saveEntries, news }));
  }
  const streams = [...open].map(([d, stream]) => ({ level: d === 'database' ? config.LOG_DATABASE_LEVEL : ('trace' as const), stream }));
  const root = pino(
    {
      level: 'trace',
      base: { process: name, host: hostname(), pid: globalThis.process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      redact,
    },
    pino.multistream(streams),
  );
  const levelOf = (m: LogModule) => levels.get(m) ?? config.LOG_LEVEL;
  const module = (m: LogModule): Logger => {
    const logger = loggers.get(m) ?? root.child({ module: m }, { level: levelOf(m) });
    loggers.set(m, logger);
    return logger;
  };
  return {
    module,
    setLevels(given) {
      levels.clear();
      for (const [m, level] of given) levels.set(m, level);
      for (const [m, logger] of loggers) logger.level = levelOf(m);
    },
    dropped: () => Object.fromEntries([...open].map(([d, { dropped }]) => [d, dropped])),
    close: async () => void (await Promise.all([...open.values()].map((d) => d.close()))),
  };
}

type Opener = (parts: Omit<LogsOptions, 'process'> & { news: ReturnType<typeof newsOf> }) => Delivery | Promise<Delivery>;

const openers: Record<LogDestination, Opener> = {
  stdout: () => {
    const stream = pino.destination({ dest: 1, sync: true });
    return { write: (line) => void stream.write(line), dropped: 0, close: () => Promise.resolve() };
  },
  file: ({ config, news }) => rotatedFile(config.LOG_FILE ?? '', { count: config.LOG_FILE_COUNT, news }),
  syslog: ({ config, news }) => {
    const { send, close } = syslogSender(config);
    return delivery({ send, end: close, limit: 10_000, batch: 100, gatherMs: 20, news });
  },
  database: ({ saveEntries, news }) =>
    delivery({ send: (lines) => saveEntries(lines.map(entryOf)), limit: 5_000, batch: 200, gatherMs: 500, news }),
};

const newsOf = (destination: LogDestination, log: () => Logger) => ({
  away: (error: unknown) =>
    log().warn({ destination, error: (error as { code?: string }).code ?? (error as Error).message }, 'a log destination takes no lines'),
  back: (dropped: number) => log().warn({ destination, dropped }, 'a log destination is back; lines were dropped meanwhile'),
});
