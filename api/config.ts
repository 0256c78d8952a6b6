import { readFileSync } from 'node:fs';

import { z } from 'zod';

import { checkLogs, logEnvironment } from '../connectors/log/environment.ts';
import { monitorEnvironment } from '../connectors/monitor/environment.ts';

const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, 'must be a postgres:// address');
const webUrl = z
  .url({ protocol: /^https?$/ })
  .transform((url) => url.replace(/\/+$/, ''))
  .refine(isHttpsOrLoopback, 'must be https, except on loopback: session cookies would travel in clear');

/** The environment of the API process. Every value that is wrong is named at once; there are no defaults for secrets. */
const Environment = z
  .object({
    DATABASE_URL: postgresUrl,
    AUDIT_DATABASE_URL: postgresUrl,
    TEMPORAL_ADDRESS: z.string().regex(/^[^\s/]+:\d+$/, 'must be host:port'),
    TEMPORAL_NAMESPACE: z.string().min(1),
    PKCS11_MODULE: z.string().min(1),
    HSM_TOKEN: z.string().min(1),
    HSM_PIN_FILE: z.string().transform(readSecret),
    PUBLIC_URL: webUrl,
    VALIDATION_URL: z.url({ protocol: /^https?$/ }),
    SMARTCMS_PROFILE: z.enum(['demo', 'test', 'production']).default('production'),
    LISTEN_HOST: z.string().min(1).default('127.0.0.1'),
    API_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
    ...logEnvironment,
    ...monitorEnvironment,
  })
  .superRefine(checkLogs);
export type Config = z.infer<typeof Environment>;

export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const result = Environment.safeParse(env);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The environment is not right:\n${lines.join('\n')}`);
}

function isHttpsOrLoopback(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

function readSecret(path: string, ctx: z.RefinementCtx): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    ctx.addIssue({ code: 'custom', message: `cannot be read: ${path}` });
    return z.NEVER;
  }
}
