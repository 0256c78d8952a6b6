import { rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { hashPassword } from '../../api/auth/password.ts';
import { openProcesses, type Processes } from '../../local/processes.ts';
import { prepareProduction, type Production } from '../support/production.ts';
import { makeStackDir } from '../support/stack-dir.ts';
import { tlsCa } from '../support/tls.ts';

// The services of docker-compose.yml with their own command lines and environments, in the profile production, TLS on every connection.
// No container is started here.
const person = { email: 'rita.sala@example.it', password: 'a long enough passphrase' };
const smtp = new SMTPServer({ disabledCommands: ['AUTH', 'STARTTLS'] }); // nothing is sent here
let dir: string;
let processes: Processes;
let production: Production;

beforeAll(async () => {
  dir = makeStackDir('deployment');
  processes = await openProcesses(dir);
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  production = await prepareProduction({ dir, processes, smtpPort: (smtp.server.address() as AddressInfo).port });
  await ends('temporal-schema');
  production.start('temporal');
  await ends('token');
  await ends('prepare');
  for (const name of ['worker', 'validation', 'api']) production.start(name);
  await Promise.all(['worker', 'validation', 'api'].map((name) => production.healthy(name)));
}, 180_000);
afterAll(async () => {
  await processes.stopAll();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
  rmSync(dir, { recursive: true, force: true });
});

/** Runs a service that is a job; it must end well. */
async function ends(name: string): Promise<void> {
  const { code, output } = await production.runIn(name, production.service(name).command);
  if (code !== 0) throw new Error(`${name} failed:\n${output}`);
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

function call(method: string, path: string, body?: unknown, ca = production.ca.pem): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = body ? { 'content-type': 'application/json' } : {};
    const sent = request(production.url + path, { method, headers, ca, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on('error', reject).end(body ? JSON.stringify(body) : undefined);
  });
}

const smartcms = (service: string, args: string[], changes?: Record<string, string>) =>
  production.runIn(service, ['node', 'cli/main.ts', ...args], changes);

interface Check {
  ok: boolean;
  environment: { process: string; problems: unknown[] }[];
  parts: { name: string; ok: boolean; detail: string }[];
}

/** `config check` in the environment of worker, API and validation authority together. */
async function configCheck(changes: Record<string, string> = {}): Promise<Check> {
  const env = { ...production.service('api').env, ...changes };
  const { output } = await smartcms('worker', ['config', 'check', '--json'], env);
  return JSON.parse(output.slice(output.indexOf('{'))) as Check; // Node warns that a server is named by its address
}

test('the first administrator is made on the command line and signs in over https, with cookie and headers for https only', async () => {
  writeFileSync(join(production.secrets, 'administrator-password'), person.password, { mode: 0o600 });
  const names = ['--given-name', 'Rita', '--family-name', 'Sala', '--unit-code', 'EX', '--unit-name', 'Regione Esempio'];
  const args = [
    'create-administrator',
    '--email',
    person.email,
    ...names,
    '--password-file',
    join(production.secrets, 'administrator-password'),
  ];
  expect(await smartcms('api', args)).toMatchObject({ code: 0 });
  const again = await smartcms('api', args);
  expect(again).toMatchObject({ code: 1, output: expect.stringContaining('e-mail address already') as string });

  const { status, headers, body } = await call('POST', '/api/session', { login: person.email, password: person.password });
  expect([status, body]).toEqual([200, expect.stringContaining('Regione Esempio')]);
  expect(headers['set-cookie']?.[0]).toMatch(/^__Host-sid=.*; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
  expect((await call('GET', '/api/meta')).body).not.toContain('demoSignIns');
});

test('everything answers under TLS, and the check says so', async () => {
  const { ok, environment, parts } = await configCheck();
  expect({ environment: environment.flatMap((e) => e.problems), parts: parts.filter((part) => !part.ok) }).toEqual({
    environment: [],
    parts: [],
  });
  expect(ok).toBe(true);
});

test('a server whose certificate comes from another CA is not spoken to', async () => {
  const other = await tlsCa('another CA');
  writeFileSync(join(production.secrets, 'other-ca.crt'), other.pem);
  const swapped = (text: string) => text.replace('/ca.crt', '/other-ca.crt');
  const url = new URL(production.postgres.url('smartcms'));
  url.search = `?sslmode=verify-full&sslrootcert=${production.secrets}/other-ca.crt`;
  const { parts } = await configCheck({
    ...{ DATABASE_URL_FILE: '', DATABASE_URL: url.href },
    TEMPORAL_TLS_CA_FILE: swapped(production.service('api').env.TEMPORAL_TLS_CA_FILE ?? ''),
    NODE_EXTRA_CA_CERTS: swapped(production.service('api').env.NODE_EXTRA_CA_CERTS ?? ''),
  });
  const failing = parts.filter((part) => !part.ok).map((part) => part.name);
  expect(failing).toEqual(['operations database', 'Temporal', 'console and API']);
  await expect(call('GET', '/health/live', undefined, other.pem)).rejects.toThrow(/certificate/);
});

test('the servers take nobody without TLS, nor Temporal a client without our certificate', async () => {
  const { postgres } = production;
  await expect(new pg.Client(postgres.url('smartcms')).connect()).rejects.toThrow(/no encryption/);
  const demo = { SMARTCMS_PROFILE: 'demo', TEMPORAL_TLS_CERT_FILE: '', TEMPORAL_TLS_KEY_FILE: '' };
  const { parts } = await configCheck(demo);
  expect(parts.filter((part) => !part.ok).map((part) => part.name)).toEqual(['Temporal']);
});

test('an API whose database holds a demonstration account with its public password does not start', async () => {
  const names = ['--given-name', 'R', '--family-name', 'F', '--unit-code', 'EX', '--unit-name', 'Regione Esempio'];
  await smartcms('api', ['create-administrator', '--email', 'sa@aurelia.example', ...names], { SMARTCMS_PASSWORD: person.password });
  const client = new pg.Client({ connectionString: production.postgres.url('smartcms'), ssl: { ca: production.ca.pem } });
  await client.connect();
  const hash = await hashPassword('smartcms-demo'); // shorter than the command line takes
  await client.query('update accounts set password_hash = $1 where login = $2', [hash, 'sa@aurelia.example']).finally(() => client.end());
  const { code, output } = await production.runIn('api', ['node', 'api/main.ts'], { API_PORT: '0' });
  expect([code, output]).toEqual([1, expect.stringContaining('demonstration account sa@aurelia.example')]);
  const { parts } = await configCheck();
  expect(parts.find((part) => part.name === 'operations database')?.detail).toContain('demonstration account');
});
