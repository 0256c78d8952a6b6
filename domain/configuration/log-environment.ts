import { z } from 'zod';

import { lineLevels, logLevels } from '../logging.ts';

const destinations = ['stdout', 'file', 'syslog', 'database'] as const;
export type LogDestination = (typeof destinations)[number];

const path = z.string().min(1).optional();

/** Where log lines go: the part of every process's environment that is about logs. */
export const logEnvironment = {
  /** Of modules whose level nobody has set. */
  LOG_LEVEL: z.enum(logLevels).default('info'),
  LOG_DESTINATIONS: z
    .string()
    .default('stdout')
    .transform((list) => [...new Set(list.split(',').map((name) => name.trim()))])
    .pipe(z.array(z.enum(destinations, `must be a comma list of ${destinations.join(', ')}`))),
  /** Rotated: `api.log` becomes `api.1.log`, `api.2.log` … Each process needs its own. */
  LOG_FILE: path,
  /** How many files of 50 MB or a day are kept, with the one in use. */
  LOG_FILE_COUNT: z.coerce.number().int().min(1).max(1000).default(14),
  LOG_SYSLOG_URL: z
    .string()
    .regex(/^syslog\+(tls|tcp):\/\/[^\s/:]+:\d+$/, 'must be syslog+tls://host:port or syslog+tcp://host:port')
    .optional(),
  LOG_SYSLOG_CA_FILE: path,
  LOG_SYSLOG_CERT_FILE: path,
  LOG_SYSLOG_KEY_FILE: path,
  /** Lines below this level do not go to the table `log_entries`. */
  LOG_DATABASE_LEVEL: z.enum(lineLevels).default('warn'),
  LOG_DATABASE_DAYS: z.coerce.number().int().min(1).max(3650).default(30),
};

export type LogConfig = z.infer<z.ZodObject<typeof logEnvironment>>;

/** What a destination needs beside its name. */
export function logProblems(env: { [N in keyof LogConfig]?: LogConfig[N] | undefined }): { variable: keyof LogConfig; message: string }[] {
  const problems: { variable: keyof LogConfig; message: string }[] = [];
  const need = (name: keyof LogConfig, when: boolean, why: string) => {
    if (when && env[name] === undefined) problems.push({ variable: name, message: `must be set when ${why}` });
  };
  need('LOG_FILE', env.LOG_DESTINATIONS?.includes('file') === true, 'LOG_DESTINATIONS has file');
  need('LOG_SYSLOG_URL', env.LOG_DESTINATIONS?.includes('syslog') === true, 'LOG_DESTINATIONS has syslog');
  need('LOG_SYSLOG_KEY_FILE', env.LOG_SYSLOG_CERT_FILE !== undefined, 'LOG_SYSLOG_CERT_FILE is');
  need('LOG_SYSLOG_CERT_FILE', env.LOG_SYSLOG_KEY_FILE !== undefined, 'LOG_SYSLOG_KEY_FILE is');
  return problems;
}
