import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Client, Connection } from '@temporalio/client';
import type { Knex } from 'knex';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

import type { RequestDetail } from '../../api/schemas/request.ts';
import { apiClient, type ApiClient } from '../../cli/api-client.ts';
import type { KeyRotation } from '../../cli/api-types.ts';
import { openDatabase } from '../../db/database.ts';
import { root } from '../../local/paths.ts';
import { startServices, type Services } from '../../local/services.ts';
import { guardedChange, releaseCopy } from '../support/release-copy.ts';
import { makeStackDir } from '../support/stack-dir.ts';
import { password, somebody } from './people.ts';
import { until } from './until.ts';

// What administrators do to a running system, with requests that wait meanwhile. A system of its own: its processes are stopped and exchanged.
let dir: string;
let services: Services;
let knex: Knex;
let ro: ApiClient;
let officer: ApiClient;
let connection: Connection;

beforeAll(async () => {
  dir = makeStackDir('upkeep');
  services = await startServices({ dir, profile: 'test', ports: { api: 0, validation: 0, mail: 0 }, ui: false });
  knex = openDatabase(services.env['DATABASE_URL'] ?? '', { poolMax: 2 });
  connection = await Connection.connect({ address: services.env['TEMPORAL_ADDRESS'] ?? '' });
  [ro, officer] = [await as('ro'), await as('do')];
});
afterAll(async () => {
  await connection.close();
  await knex.destroy();
  await services.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function as(name: string): Promise<ApiClient> {
  const client = apiClient({ url: services.url });
  await client.signIn(`${name}@aurelia.example`, password);
  return client;
}

interface Named {
  items: { id: string; code: string }[];
}

/** A request that waits for its approval. */
async function waiting(): Promise<string> {
  const [units, profiles] = await Promise.all([ro.get<Named>('/units'), ro.get<Named>('/device-profiles')]);
  const idOf = ({ items }: Named, code: string) => items.find((item) => item.code === code)?.id;
  const body = { holder: somebody(), unitId: idOf(units, 'OSL'), profileId: idOf(profiles, 'staff-card'), submit: true };
  const { id } = await ro.post<{ id: string }>('/requests', body);
  await reaches(id, 'pending_approval');
  return id;
}

/** Longer than a worker takes to start on a machine that has much else to do. */
const patienceMs = 100_000;
const reaches = (id: string, state: string): Promise<RequestDetailView> => {
  const look = async () => {
    const request = await officer.get<RequestDetailView>(`/requests/${id}`);
    return request.state === state ? request : undefined;
  };
  return until(`request in ${state}`, look, patienceMs);
};
type RequestDetailView = ReturnType<(typeof RequestDetail)['parse']>;

const approve = (id: string) => officer.post(`/requests/${id}/decisions`, { verdict: 'approve', comment: '' });
async function produce(id: string): Promise<void> {
  const { items } = await officer.get<Named>('/stations');
  await officer.post(`/requests/${id}/production`, { stationId: items[0]?.id });
}
async function approveAndProduce(id: string): Promise<RequestDetailView> {
  await approve(id);
  await reaches(id, 'approved');
  await produce(id);
  return reaches(id, 'produced');
}

/** The ids of the keys that the history is encrypted with, and whether any of its tasks failed; nothing is decrypted. */
async function historyOf(workflowId: string): Promise<{ keys: string[]; failedTasks: number; patches: number }> {
  const client = new Client({ connection, namespace: services.env['TEMPORAL_NAMESPACE'] ?? '' });
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const keys = new Set<string>();
  JSON.stringify(events, (name, value: unknown) => {
    // protobufs write their bytes as base64
    if (name === 'encryption-key-id') keys.add(Buffer.from(value as string, 'base64').toString());
    return value;
  });
  return {
    keys: [...keys],
    failedTasks: (events ?? []).filter((event) => event.workflowTaskFailedEventAttributes).length,
    patches: (events ?? []).filter((event) => event.markerRecordedEventAttributes?.markerName === 'core_patch').length,
  };
}

async function rotate(kind: KeyRotation['kind']): Promise<KeyRotation> {
  const args = [join(root, 'cli/main.ts'), 'keys', 'rotate', kind, '--json', '--url', services.url];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...services.env, SMARTCMS_PASSWORD: password },
  });
  return JSON.parse(stdout) as KeyRotation;
}

test('keys are rotated while requests wait: they are approved and produced, by processes from before and after', async () => {
  const [first, second] = await Promise.all([waiting(), waiting()]);
  const wrapping = await rotate('wrapping');
  const [payload, codes] = [await rotate('payload'), await rotate('codes')];
  // The grace would pass by itself: here the API starts when it is over, and the worker, which started before, has to notice.
  await knex('data_keys').where({ current: true }).update({ usableFrom: knex.fn.now() });
  const { pid, exited } = services.processes.api;
  process.kill(pid, 'SIGKILL');
  await exited;
  await services.restart('api');

  const requests = await Promise.all([first, second].map(approveAndProduce));
  for (const id of [first, second]) {
    const { keys, failedTasks } = await historyOf(`request/${id}`);
    expect(keys).toContain(payload.key);
    expect(keys.length).toBe(2);
    expect(failedTasks).toBe(0);
  }
  expect(await knex('data_keys').distinct('wrapping_key').pluck<string[]>('wrapping_key')).toEqual([wrapping.key]);

  await until('the worker writes with the new key', async () => {
    const { device } = await approveAndProduce(await waiting());
    const used = await knex('secret_codes').where({ deviceId: device?.id }).distinct('key_id').pluck<string>('key_id');
    return used.every((id) => id === codes.key);
  });
  for (const { id, device } of requests) {
    await officer.post(`/devices/${device?.id ?? ''}/pin-mailer`);
    expect((await officer.get<RequestDetailView>(`/requests/${id}`)).mailer?.printedAt).toEqual(expect.any(String));
  }
});

test('a request and a card that were begun are finished by a worker with changed workflow code', async () => {
  const [waits, approved] = await Promise.all([waiting(), waiting()]);
  await approve(approved);
  await reaches(approved, 'approved');
  await produce(approved);
  // What runs is finished, the next step is not begun.
  await services.processes.worker.stop();
  const halfway = (await reaches(approved, 'in_production')).device?.id ?? '';

  const release = releaseCopy(guardedChange);
  const next = spawn(process.execPath, [join(release.dir, 'worker/main.ts')], { env: services.env, stdio: 'ignore' });
  onTestFinished(async () => {
    next.kill('SIGTERM');
    await once(next, 'exit');
    release.remove();
    await services.restart('worker');
  });
  await reaches(approved, 'produced');
  await approveAndProduce(waits);

  expect(await historyOf(`request/${waits}`)).toMatchObject({ failedTasks: 0, patches: 1 });
  // One of them is in the code of today.
  expect(await historyOf(`device/${halfway}/production/1`)).toMatchObject({ failedTasks: 0, patches: 2 });
});

test('a schedule of the release before becomes that of this one when a worker starts', async () => {
  const client = new Client({ connection, namespace: services.env['TEMPORAL_NAMESPACE'] ?? '' });
  const schedule = client.schedule.getHandle('reconcile');
  await schedule.update((before) => ({ ...before, spec: { intervals: [{ every: '1 hour' }] } }));
  await services.processes.worker.stop();
  await services.restart('worker');
  await until('the interval of this release', async () => (await schedule.describe()).spec.intervals?.[0]?.every === 20_000, 30_000);
});
