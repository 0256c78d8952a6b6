import { z } from 'zod';

import { logEnvironment } from './log-environment.ts';
import { monitorEnvironment } from './monitor-environment.ts';

/** A variable of the environment. What is `secret` is never shown, and as a file it may not be readable by everybody. */
interface Variable<T extends z.ZodType = z.ZodType> {
  schema: T;
  meaning: string;
  secret?: true;
}

const variable = <T extends z.ZodType>(schema: T, meaning: string): Variable<T> => ({ schema, meaning });
const secret = <T extends z.ZodType>(schema: T, meaning: string): Variable<T> => ({ schema, meaning, secret: true });

const text = z.string().min(1);
const port = z.coerce.number('must be a port number').int().min(0, 'must be 0 to 65535').max(65_535, 'must be 0 to 65535');
const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, 'must be a postgres:// address');
const webUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' }).transform((url) => url.replace(/\/+$/, ''));
const pem = z.string().regex(/-----BEGIN [A-Z ]+-----/, 'must be PEM (-----BEGIN ...)');
const cidrs = z
  .string()
  .transform((list) => list.split(',').map((entry) => entry.trim()))
  .pipe(z.array(z.union([z.cidrv4(), z.cidrv6()], 'must be networks such as 10.0.0.0/8,fd00::/8')));

/** Whatever a process of smartCMS reads from its environment. Each may be given itself, or as `<name>_FILE`: the file that holds it. */
export const variables = {
  SMARTCMS_PROFILE: variable(
    z.enum(['demo', 'test', 'production'], 'must be demo, test or production').default('production'),
    '`production` refuses whatever is not safe; `demo` and `test` allow plain connections, weak passwords and the demonstration accounts',
  ),
  DATABASE_URL: secret(
    postgresUrl,
    'The operations database, such as `postgres://user:password@host/smartcms?sslmode=verify-full&sslrootcert=/run/ca.pem`',
  ),
  AUDIT_DATABASE_URL: secret(postgresUrl, 'The audit database, on another server'),
  TEMPORAL_ADDRESS: variable(z.string().regex(/^[^\s/]+:\d+$/, 'must be host:port'), 'The front end of Temporal, `host:port`'),
  TEMPORAL_NAMESPACE: variable(text, 'The namespace of Temporal'),
  TEMPORAL_TLS_CA: variable(pem.optional(), 'The CA of the Temporal server'),
  TEMPORAL_TLS_CERT: variable(pem.optional(), 'Our certificate for Temporal'),
  TEMPORAL_TLS_KEY: secret(pem.optional(), 'The key of that certificate'),
  TEMPORAL_TLS_SERVER_NAME: variable(text.optional(), 'The name in the certificate of the Temporal server, where it is not the host'),
  PKCS11_MODULE: variable(text, 'The PKCS#11 library of the HSM'),
  HSM_TOKEN: variable(text, 'The label of the token in the HSM'),
  HSM_PIN: secret(text, 'The PIN of that token'),
  PUBLIC_URL: variable(
    webUrl.refine(isHttpsOrLoopback, 'must be https, except on loopback: session cookies would travel in clear'),
    'Where people reach the console',
  ),
  VALIDATION_URL: variable(webUrl, 'Where the validation authority is reached; it is written into certificates'),
  SECOND_FACTOR: variable(
    z.enum(['required', 'optional'], 'must be required or optional').optional(),
    'Whether who may cause issuance must sign in with more than a password; `required` in the profile `production` unless said otherwise',
  ),
  LISTEN_HOST: variable(text.default('127.0.0.1'), 'The address to listen on'),
  API_PORT: variable(port.default(8080), 'The port of console and API'),
  VALIDATION_PORT: variable(port.default(8181), 'The port of the validation authority'),
  TLS_CERT: variable(pem.optional(), 'The certificate of the API with its chain: it then serves https itself'),
  TLS_KEY: secret(pem.optional(), 'The key of that certificate'),
  HTTP_REDIRECT_PORT: variable(port.optional(), 'A plain http port that sends browsers to `PUBLIC_URL`'),
  TRUSTED_PROXIES: variable(
    cidrs.optional(),
    'The networks of the proxies before the API, such as `10.0.0.0/8`: `X-Forwarded-For` is believed from these only',
  ),
  PROXY_SECRET: secret(
    z.string().min(32, 'must have 32 characters or more').optional(),
    'What the TLS proxy says in `X-Proxy-Secret`: the client certificates it passes on are then believed',
  ),
  CARD_SIGN_IN_URL: variable(
    webUrl.optional(),
    'Where browsers are asked for the certificate of a card, such as `https://cms.example.it:8443`: the host of `PUBLIC_URL` on another port',
  ),
  CARD_SIGN_IN_PORT: variable(port.optional(), 'The port of that on which the API listens itself; not where a TLS proxy asks'),
  SMTP_URL: secret(
    z.string().regex(/^smtps?:\/\//, 'must be an smtp:// or smtps:// address'),
    'The mail server: `smtps://` is TLS from the start, `smtp://` STARTTLS, without which `production` sends nothing',
  ),
  SMTP_CA: variable(pem.optional(), 'The CA of the mail server, where it is not a public one'),
  MAIL_FROM: variable(z.string().min(3), 'The sender of mails, such as `smartCMS <noreply@example.it>`'),
  CARD_DIR: variable(text, 'Where the cards of the virtual stations are kept'),
  LOG_LEVEL: variable(logEnvironment.LOG_LEVEL, '`debug`, `info`, `warn`, `error` or `silent`, for modules whose level nobody has set'),
  LOG_DESTINATIONS: variable(logEnvironment.LOG_DESTINATIONS, 'Comma list of `stdout`, `file`, `syslog`, `database`'),
  LOG_FILE: variable(logEnvironment.LOG_FILE, 'The log file; one for each process'),
  LOG_FILE_COUNT: variable(logEnvironment.LOG_FILE_COUNT, 'How many of these files are kept'),
  LOG_SYSLOG_URL: variable(logEnvironment.LOG_SYSLOG_URL, '`syslog+tls://host:port`; `syslog+tcp://` not in `production`'),
  LOG_SYSLOG_CA_FILE: variable(logEnvironment.LOG_SYSLOG_CA_FILE, 'The CA of the syslog server, if the system does not know it'),
  LOG_SYSLOG_CERT_FILE: variable(logEnvironment.LOG_SYSLOG_CERT_FILE, 'Our certificate, if the syslog server wants one'),
  LOG_SYSLOG_KEY_FILE: variable(logEnvironment.LOG_SYSLOG_KEY_FILE, 'The key of that certificate'),
  LOG_DATABASE_LEVEL: variable(logEnvironment.LOG_DATABASE_LEVEL, 'Lines from this level on go to the table `log_entries`'),
  LOG_DATABASE_DAYS: variable(logEnvironment.LOG_DATABASE_DAYS, 'Days after which they are deleted there'),
  METRICS_PORT: variable(monitorEnvironment.METRICS_PORT, 'Where metrics and health of a process are shown; not at all without it'),
  METRICS_HOST: variable(monitorEnvironment.METRICS_HOST, 'The address for that'),
  TEMPORAL_METRICS_PORT: variable(port.min(1).optional(), 'Where the Temporal SDK shows its own figures, beside `METRICS_HOST`'),
};
export type VariableName = keyof typeof variables;

const hsm = ['PKCS11_MODULE', 'HSM_TOKEN', 'HSM_PIN'] as const;
const temporal = [
  ...(['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_TLS_CA'] as const),
  ...(['TEMPORAL_TLS_CERT', 'TEMPORAL_TLS_KEY', 'TEMPORAL_TLS_SERVER_NAME'] as const),
];
const watched = [
  ...(['LOG_LEVEL', 'LOG_DESTINATIONS', 'LOG_FILE', 'LOG_FILE_COUNT', 'LOG_SYSLOG_URL', 'LOG_SYSLOG_CA_FILE'] as const),
  ...(['LOG_SYSLOG_CERT_FILE', 'LOG_SYSLOG_KEY_FILE', 'LOG_DATABASE_LEVEL', 'LOG_DATABASE_DAYS', 'METRICS_PORT', 'METRICS_HOST'] as const),
];
const web = ['PUBLIC_URL', 'VALIDATION_URL'] as const;

const cards = ['PROXY_SECRET', 'CARD_SIGN_IN_URL', 'CARD_SIGN_IN_PORT'] as const;

/** Who reads what. `prepare`, `administrator` and `backup` are commands: they make databases and keys ready, and somebody who can sign in; and save both databases or restore them. */
export const processes = {
  api: [
    ...([
      'SMARTCMS_PROFILE',
      'DATABASE_URL',
      'AUDIT_DATABASE_URL',
      ...temporal,
      ...hsm,
      ...web,
      'LISTEN_HOST',
      'API_PORT',
      'SECOND_FACTOR',
    ] as const),
    ...(['TLS_CERT', 'TLS_KEY', 'HTTP_REDIRECT_PORT', 'TRUSTED_PROXIES', ...cards, ...watched] as const),
  ],
  worker: [
    ...(['SMARTCMS_PROFILE', 'DATABASE_URL', 'AUDIT_DATABASE_URL', ...temporal, ...hsm, ...web] as const),
    ...(['SMTP_URL', 'SMTP_CA', 'MAIL_FROM', 'CARD_DIR', 'TEMPORAL_METRICS_PORT', ...watched] as const),
  ],
  validation: ['SMARTCMS_PROFILE', 'DATABASE_URL', ...hsm, 'LISTEN_HOST', 'VALIDATION_PORT', ...watched],
  prepare: ['SMARTCMS_PROFILE', 'DATABASE_URL', 'AUDIT_DATABASE_URL', ...temporal, ...hsm],
  administrator: ['SMARTCMS_PROFILE', 'DATABASE_URL'],
  backup: ['SMARTCMS_PROFILE', 'DATABASE_URL', 'AUDIT_DATABASE_URL'],
} as const satisfies Record<string, readonly VariableName[]>;
export type ProcessName = keyof typeof processes;

export type Value<N extends VariableName> = z.output<(typeof variables)[N]['schema']>;
/** The configuration of a process, each value under the name of its variable. */
export type Config<P extends ProcessName = ProcessName> = { [N in (typeof processes)[P][number]]: Value<N> };

function isHttpsOrLoopback(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
