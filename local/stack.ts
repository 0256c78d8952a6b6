import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { assertReachable, ensureDatabases } from './databases.ts';
import { startMailSink } from './mail-sink.ts';
import { becomeOwner, resignOwner } from './owner.ts';
import { startPostgres } from './postgres.ts';
import { openProcesses, type Part, type Processes } from './processes.ts';
import { prepareHsm } from './softhsm.ts';
import { externalTemporal, startTemporal } from './temporal.ts';

export interface StackOptions {
  /** Where everything it keeps lives. */
  dir: string;
  /** Wished ports; any other when not given or taken. */
  ports?: { postgres?: number; temporal?: number; smtp?: number; mail?: number };
  /** Told what happens, a line each. */
  say?: (line: string) => void;
}

/** The parts that smartCMS needs around itself, up and ready. */
export interface Stack {
  /** What our own processes need to know to reach them. */
  env: Record<'DATABASE_URL' | 'AUDIT_DATABASE_URL' | 'TEMPORAL_ADDRESS' | 'TEMPORAL_NAMESPACE' | 'SMTP_URL' | 'MAIL_FROM', string> &
    HsmEnv;
  /** The page that shows the mails; the host that takes them, when `SMTP_URL` names one. */
  mailUrl: string;
  /** Starts further processes that end with the stack. */
  processes: Processes;
  /** The servers that were started here, not found in the environment. */
  servers: Partial<Record<'postgres' | 'temporal', Part>>;
  /** Ends everything; no process is left. */
  stop(): Promise<void>;
}

type HsmEnv = Record<'PKCS11_MODULE' | 'HSM_TOKEN' | 'HSM_PIN_FILE', string> & { SOFTHSM2_CONF?: string };

interface Context {
  dir: string;
  secretsDir: string;
  ports: NonNullable<StackOptions['ports']>;
  processes: Processes;
  say: (line: string) => void;
  /** Servers inside this process. */
  stoppers: (() => Promise<void>)[];
}

/**
 * Starts PostgreSQL with its databases, Temporal, SoftHSM and the mail sink, side by side where they can. A part whose address is in the
 * environment (DATABASE_URL, AUDIT_DATABASE_URL, TEMPORAL_ADDRESS, PKCS11_MODULE with HSM_TOKEN and HSM_PIN_FILE, SMTP_URL) is used, not
 * started. One stack a directory: throws when another process runs it.
 */
export async function startStack({ dir, ports = {}, say = () => {} }: StackOptions): Promise<Stack> {
  mkdirSync(dir, { recursive: true });
  becomeOwner(dir);
  const context = { dir, secretsDir: join(dir, 'secrets'), ports, processes: await openProcesses(dir), say, stoppers: [] };
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= stopAll(context));
  try {
    const [data, hsm, mail] = await Promise.all([dataPart(context), hsmPart(context), mailPart(context)]);
    return { env: { ...data.env, ...hsm, ...mail.env }, servers: data.servers, mailUrl: mail.url, processes: context.processes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function stopAll({ dir, processes, stoppers }: Context): Promise<void> {
  await processes.stopAll();
  await Promise.all(stoppers.map((stop) => stop()));
  resignOwner(dir);
}

async function dataPart({ dir, secretsDir, ports, processes, say }: Context) {
  const { DATABASE_URL, AUDIT_DATABASE_URL } = process.env;
  if (DATABASE_URL) await assertReachable('DATABASE_URL', DATABASE_URL);
  if (AUDIT_DATABASE_URL) await assertReachable('AUDIT_DATABASE_URL', AUDIT_DATABASE_URL);
  const temporal = await externalTemporal();
  const external = temporal && temporalEnv(temporal);
  if (DATABASE_URL && AUDIT_DATABASE_URL && external) return { env: { DATABASE_URL, AUDIT_DATABASE_URL, ...external }, servers: {} };
  say('Starting PostgreSQL and Temporal ...');
  const postgres = await startPostgres({ dataDir: join(dir, 'postgres'), secretsDir, processes, ...wish(ports.postgres) });
  const [urls, started] = await Promise.all([
    ensureDatabases(postgres, secretsDir),
    temporal ?? startTemporal({ postgres, dir: join(dir, 'temporal'), secretsDir, processes, ...wish(ports.temporal) }),
  ]);
  const databases = { DATABASE_URL: DATABASE_URL ?? urls.smartcms, AUDIT_DATABASE_URL: AUDIT_DATABASE_URL ?? urls.smartcms_audit };
  const servers = { postgres, ...(started.part && { temporal: started.part }) };
  return { env: { ...databases, ...temporalEnv(started) }, servers };
}

const wish = (port?: number): { port?: number } => (port ? { port } : {});
const temporalEnv = (temporal: { address: string; namespace: string }) => ({
  TEMPORAL_ADDRESS: temporal.address,
  TEMPORAL_NAMESPACE: temporal.namespace,
});

async function hsmPart({ dir, secretsDir }: Context): Promise<HsmEnv> {
  const { PKCS11_MODULE, HSM_TOKEN, HSM_PIN_FILE } = process.env;
  if (PKCS11_MODULE && HSM_TOKEN && HSM_PIN_FILE) return { PKCS11_MODULE, HSM_TOKEN, HSM_PIN_FILE };
  return (await prepareHsm({ dir: join(dir, 'hsm'), secretsDir, tokenLabel: 'smartcms' })).env;
}

async function mailPart({ dir, ports, stoppers }: Context) {
  const { SMTP_URL, MAIL_FROM = 'smartCMS <smartcms@localhost>' } = process.env;
  if (SMTP_URL) return { env: { SMTP_URL, MAIL_FROM }, url: new URL(SMTP_URL).host };
  const sink = await startMailSink({ dir: join(dir, 'mail'), smtpPort: ports.smtp ?? 0, httpPort: ports.mail ?? 0 });
  stoppers.push(() => sink.stop());
  return { env: { SMTP_URL: `smtp://127.0.0.1:${sink.smtpPort}`, MAIL_FROM }, url: sink.url };
}
