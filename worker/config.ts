import { readFileSync } from 'node:fs';

import { z } from 'zod';

import { checkLogs, logEnvironment } from '../connectors/log/environment.ts';
import { monitorEnvironment } from '../connectors/monitor/environment.ts';

const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, 'must be a postgres:// address');
const webUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

const hsm = {
  PKCS11_MODULE: z.string().min(1),
  HSM_TOKEN: z.string().min(1),
  HSM_PIN_FILE: z.string().transform(readSecret),
};
const common = {
  ...hsm,
  DATABASE_URL: postgresUrl,
  ...logEnvironment,
  ...monitorEnvironment,
};

/** Environment of the process that makes the keys. */
export const InitialiseEnvironment = z.object({ ...hsm, DATABASE_URL: postgresUrl });

/** Environment of the validation authority. */
export const ValidationEnvironment = z
  .object({
    ...common,
    LISTEN_HOST: z.string().min(1).default('127.0.0.1'),
    VALIDATION_PORT: z.coerce.number().int().min(0).max(65_535).default(8181),
  })
  .superRefine(checkLogs);

/** Environment of the Temporal worker. */
export const WorkerEnvironment = z
  .object({
    ...common,
    AUDIT_DATABASE_URL: postgresUrl,
    TEMPORAL_ADDRESS: z.string().regex(/^[^\s/]+:\d+$/, 'must be host:port'),
    TEMPORAL_NAMESPACE: z.string().min(1),
    SMTP_URL: z.string().regex(/^smtps?:\/\//, 'must be an smtp:// or smtps:// address'),
    MAIL_FROM: z.string().min(3),
    PUBLIC_URL: webUrl,
    VALIDATION_URL: webUrl,
    /** Where the Temporal SDK shows its own figures, beside METRICS_HOST. */
    TEMPORAL_METRICS_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
    /** The cards of the virtual stations. */
    CARD_DIR: z.string().min(1),
  })
  .superRefine(checkLogs);

/** Reads the environment once, at start. An invalid one stops the process, naming every bad variable. */
export function readConfig<T extends z.ZodType>(environment: T, env: Readonly<Record<string, string | undefined>>): z.infer<T> {
  const result = environment.safeParse(env);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The environment is not right:\n${lines.join('\n')}`);
}

function readSecret(path: string, ctx: z.RefinementCtx): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    ctx.addIssue({ code: 'custom', message: `cannot be read: ${path}` });
    return z.NEVER;
  }
}
