import { accessSync, constants } from 'node:fs';
import { connect } from 'node:net';
import { Connection } from '@temporalio/client';
import pg from 'pg';

import { refuseDemoAccounts } from '../api/demo-accounts.ts';
import { openHsm } from '../connectors/hsm/pkcs11-hsm.ts';
import { openDatabase } from '../db/database.ts';
import { temporalTarget } from '../domain/configuration/temporal.ts';
import type { Config, VariableName } from '../domain/configuration/variables.ts';

/** Whether a part answers. `detail` says what to do when it does not, and holds no secret. */
export interface PartReport {
  name: string;
  ok: boolean;
  detail: string;
}

/** What is configured of all processes together. */
type Configured = Partial<Config<'api'> & Config<'worker'>>;

interface Part {
  name: string;
  variable: VariableName & keyof Configured;
  /** Throws when the part cannot be used. */
  reach: (value: string, config: Configured) => Promise<void>;
}

const TIMEOUT_MS = 5000;

const parts: Part[] = [
  { name: 'operations database', variable: 'DATABASE_URL', reach: operations },
  { name: 'audit database', variable: 'AUDIT_DATABASE_URL', reach: database },
  { name: 'Temporal', variable: 'TEMPORAL_ADDRESS', reach: temporal },
  { name: 'HSM', variable: 'PKCS11_MODULE', reach: hsm },
  { name: 'mail', variable: 'SMTP_URL', reach: smtp },
  { name: 'validation', variable: 'VALIDATION_URL', reach: (url) => web(`${url}/ca/main.crt`) },
  { name: 'console and API', variable: 'PUBLIC_URL', reach: (url) => web(`${url}/health/ready`) },
  { name: 'virtual cards', variable: 'CARD_DIR', reach: async (dir) => accessSync(dir, constants.R_OK | constants.W_OK) },
];

/** Tries all parts at the same time. A part without its variable is reported, not tried; virtual cards are wanted only where named. */
export const checkParts = (config: Configured): Promise<PartReport[]> =>
  Promise.all(parts.filter((part) => part.variable !== 'CARD_DIR' || config.CARD_DIR).map((part) => checkPart(part, config)));

async function checkPart({ name, variable, reach }: Part, config: Configured): Promise<PartReport> {
  const value = config[variable];
  if (!value) return { name, ok: false, detail: `${variable} is not set, or not right` };
  const started = performance.now();
  try {
    await reach(String(value), config);
    return { name, ok: true, detail: `${Math.round(performance.now() - started)} ms` };
  } catch (error) {
    return { name, ok: false, detail: `${variable}: ${reasonOf(error)}` };
  }
}

/** Messages of drivers may carry the address with its password; codes and our own sentences do not. */
function reasonOf(error: unknown): string {
  const { code, cause, message, name } = error as NodeJS.ErrnoException & { cause?: { code?: string } };
  if (name === 'ApplicationFailure' || name === 'PartError') return message;
  return `no answer (${code ?? cause?.code ?? name})`;
}

async function database(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS });
  try {
    await client.connect();
    await client.query('select 1');
  } finally {
    await client.end();
  }
}

/** The database of production holds nobody whose password is public. */
async function operations(url: string, { SMARTCMS_PROFILE: profile }: Configured): Promise<void> {
  await database(url);
  if (profile !== 'production') return;
  const knex = openDatabase(url, { poolMax: 1 });
  await refuseDemoAccounts(knex).finally(() => knex.destroy());
}

async function temporal(_address: string, config: Configured): Promise<void> {
  const connection = await Connection.connect({ ...temporalTarget(config as Config<'worker'>), connectTimeout: TIMEOUT_MS });
  try {
    await connection.workflowService.describeNamespace({ namespace: config.TEMPORAL_NAMESPACE ?? 'default' });
  } finally {
    await connection.close();
  }
}

/** A wrong PIN counts at the token: it is given once. */
async function hsm(module: string, { HSM_PIN: pin = '', HSM_TOKEN: tokenLabel = '' }: Configured): Promise<void> {
  const opened = openHsm({ module, pin, tokenLabel, sessions: 1 });
  try {
    await opened.status();
  } finally {
    await opened.close();
  }
}

function smtp(url: string): Promise<void> {
  const { hostname, port, protocol } = new URL(url);
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (protocol === 'smtps:' ? 465 : 25),
    timeout: TIMEOUT_MS,
  });
  return new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('error', reject);
    socket.once('timeout', () => reject(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
  }).finally(() => socket.destroy());
}

async function web(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw Object.assign(new Error(`the address answers ${response.status}`), { name: 'PartError' });
}
