import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { stringify } from 'csv-stringify/sync';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

import { apiClient, type ApiClient } from '../../cli/api-client.ts';
import type { RequestDetail } from '../../cli/api-types.ts';
import { root } from '../../local/paths.ts';
import { startServices, type Services } from '../../local/services.ts';
import { makeStackDir } from '../support/stack-dir.ts';
import { password, somebody } from './people.ts';
import { until } from './until.ts';

let dir: string;
let services: Services;
let officer: ApiClient;

beforeAll(async () => {
  dir = makeStackDir('hsm');
  services = await startServices({ dir, profile: 'test', ports: { api: 0, validation: 0, mail: 0 }, ui: false });
  officer = apiClient({ url: services.url });
  await officer.signIn('do@aurelia.example', password);
});
afterAll(async () => {
  await services.stop();
  rmSync(dir, { recursive: true, force: true });
});

const tokens = () => join(dir, 'hsm/tokens');
const takeTokenAway = () => renameSync(tokens(), `${tokens()}.away`);
const bringTokenBack = () => renameSync(`${tokens()}.away`, tokens());

interface Home {
  services: { name: string; state: string; reason?: string }[];
}
const hsmIs = (reason: string | undefined) =>
  until(`the HSM in state ${reason ?? 'ok'}`, async () => {
    const { services: states } = await officer.get<Home>('/home');
    return states.some((s) => s.name === 'hsm' && s.reason === reason && (s.state === 'down') === (reason !== undefined));
  });

/** Makes a card for somebody with the command line, which goes on for as long as it is told to wait. */
async function issueOne(): Promise<{ code: number | null; output: string }> {
  const { document, ...person } = somebody();
  const documents = { documentKind: document.kind, documentNumber: document.number, documentIssuer: document.issuer };
  const row = { ...person, ...documents, documentExpiresOn: document.expiresOn, unit: 'OSL', profile: 'staff-card' };
  const file = join(dir, 'person.csv');
  writeFileSync(file, stringify([row], { header: true }));
  const args = [join(root, 'cli/main.ts'), 'issue', file, '--json', '--url', services.url];
  const child = spawn(process.execPath, args, { env: services.env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

test('a production that meets the missing HSM says so and when it goes on, and goes on by itself', async () => {
  takeTokenAway();
  const issuing = issueOne();
  await hsmIs('hsm_unavailable');
  const waiting = await until('a request that waits for the HSM', async () => {
    const { items } = await officer.get<{ items: { id: string }[] }>('/requests');
    const details = await Promise.all(items.map(({ id }) => officer.get<RequestDetail & { waits: object }>(`/requests/${id}`)));
    return details.map((d) => d.waits).find((w) => 'for' in w && w.for === 'hsm');
  });
  expect(waiting).toMatchObject({
    nextAttemptAt: expect.any(String) as string,
    problem: { code: 'hsm_unavailable', detail: expect.stringContaining('tried again by itself') as string },
  });
  bringTokenBack();
  expect(await issuing).toMatchObject({ code: 0 });
  await hsmIs(undefined);
});

test('processes start while the HSM is away and with a wrong PIN, read and publish meanwhile, and need no start when it is back', async () => {
  takeTokenAway();
  for (const name of ['worker', 'validation', 'api'] as const) {
    process.kill(services.processes[name].pid, 'SIGKILL');
    await services.processes[name].exited;
  }
  const workerIsReady = services.restart('worker');
  await services.restart('validation');
  await services.restart('api');
  const started = Object.values(services.processes).map(({ pid }) => pid);
  await hsmIs('hsm_unavailable');
  expect((await officer.get<{ items: unknown[] }>('/requests')).items.length).toBeGreaterThan(0);
  expect((await fetch(`${services.validationUrl}/crl/main.crl`)).status).toBe(200);

  const pinFile = services.env.HSM_PIN_FILE ?? '';
  const pin = readFileSync(pinFile, 'utf8');
  writeFileSync(pinFile, '000000');
  bringTokenBack();
  await hsmIs('hsm_pin_incorrect');
  writeFileSync(pinFile, pin);
  await hsmIs(undefined);
  await workerIsReady;
  expect(await issueOne()).toMatchObject({ code: 0 });
  for (const pid of started) expect(process.kill(pid, 0)).toBe(true);
});
