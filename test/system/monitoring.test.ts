import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';

import { root } from '../../local/paths.ts';
import { as, produced, reaches } from './people.ts';
import { until } from './until.ts';

type Line = Record<string, unknown> & { operation?: string; path?: string; requestId?: string; activity?: string };

/** What a process has logged so far. */
const linesOf = (name: 'api' | 'worker'): Line[] =>
  readFileSync(join(inject('system').dir, 'log', `${name}.log`), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

/** The activities that ran because of this call. */
function causedBy(operation: string, path: string): unknown[] {
  const call = linesOf('api').find((line) => line.operation === operation && line.path === path);
  expect(call?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  return linesOf('worker')
    .filter((line) => line.requestId === call?.requestId)
    .map((line) => line.activity);
}

const metricsOf = async (name: 'api' | 'worker' | 'validation') => (await fetch(`${inject('system').metrics[name]}/metrics`)).text();

test('the id of a call is on the line of every activity that it causes, also in the workflows below', async () => {
  const request = await produced();
  const officer = await as('do');
  await officer.post(`/requests/${request.id}/delivery`);
  await reaches(officer, request.id, 'delivered');
  const path = `/api/requests/${request.id}`;
  expect(causedBy('decideRequest', `${path}/decisions`)).toEqual(['recordDecision']);
  expect(new Set(causedBy('startProduction', `${path}/production`))).toEqual(
    new Set(['beginProduction', 'personalise', 'certify', 'writeAndVerify', 'completeProduction']),
  );
  expect(causedBy('deliverDevice', `${path}/delivery`)).toEqual(['deliverDevice']);
  const helpDesk = await as('hd');
  await helpDesk.post(`/devices/${request.device?.id}/holds`, { cause: 'absence', comment: '' });
  const holds = `/api/devices/${request.device?.id}/holds`;
  await until('the suspension of both certificates', () => Promise.resolve(causedBy('placeHold', holds).join() === 'carryOut,carryOut'));
});

test('a level is followed by a process that runs, and the line of a module that is silent is gone', async () => {
  const sa = await as('sa');
  const set = (level: string | null) => sa.put('/logging/api', { level });
  onTestFinished(() => set(null));
  const isLogged = async () => {
    const before = linesOf('api').length;
    await sa.get('/home');
    return linesOf('api').length > before;
  };
  expect(await isLogged()).toBe(true);
  await set('error');
  await until('the API says no more', async () => !(await isLogged()));
  await set(null);
  await until('the API speaks again', isLogged);
});

test('lines of all three processes are in the database, and the administrator finds them', async () => {
  const client = new pg.Client({ connectionString: inject('system').env.DATABASE_URL });
  await client.connect();
  onTestFinished(() => client.end());
  await until('lines of three processes', async () => {
    const { rows } = await client.query(`select distinct process from log_entries`);
    return rows.length === 3;
  });
  const { items } = await (await as('sa')).get<{ items: { module: string }[] }>('/log-entries?module=activities');
  expect(items.length).toBeGreaterThan(0);
});

test('every process is ready and shows its figures to whoever watches', async () => {
  for (const name of ['api', 'worker', 'validation'] as const) {
    const ready = await fetch(`${inject('system').metrics[name]}/health/ready`);
    expect({ name, status: ready.status, ...((await ready.json()) as object) }).toMatchObject({ name, status: 200, state: 'ready' });
    expect((await fetch(`${inject('system').metrics[name]}/health/live`)).status).toBe(200);
    expect(await metricsOf(name)).toMatch(/^smartcms_service_up\{service="hsm"\} 1$/m);
    expect(await metricsOf(name)).toMatch(/^nodejs_eventloop_lag_p99_seconds [\d.e-]+$/m);
  }
  await fetch(`${inject('system').validationUrl}/crl/main.crl`);
  expect(await metricsOf('validation')).toMatch(/^smartcms_validation_seconds_count\{kind="crl",status="2xx"\} [1-9]/m);
  const worker = await metricsOf('worker');
  for (const sample of [
    'smartcms_activity_seconds_count{activity="certify",outcome="done"}',
    'smartcms_crl_valid_seconds{ca="main"}',
    'smartcms_stock_devices{station="osl-desk-1"}',
    'smartcms_hsm_sign_seconds_count{outcome="done"}',
  ]) {
    expect(worker).toMatch(new RegExp(`^${sample.replaceAll(/[{}"=]/g, String.raw`\$&`)} [1-9]`, 'm'));
  }
  expect(worker).toMatch(/^smartcms_mail_waiting\{state="queued"\} \d+$/m);
});

test('no metric has an id or an address of a person', async () => {
  for (const name of ['api', 'worker', 'validation'] as const) {
    expect(await metricsOf(name)).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|@/);
  }
});

test('every alarm is about a figure that some process shows, and each is explained to the operator', async () => {
  const rules = readFileSync(join(root, 'deploy/prometheus-alerts.yml'), 'utf8');
  const manual = readFileSync(join(root, 'docs/OPERATIONS.md'), 'utf8');
  const shown = (await Promise.all((['api', 'worker', 'validation'] as const).map(metricsOf))).join('\n');
  const names = new Set([...rules.matchAll(/\b(?:smartcms|nodejs)_\w+/g)].map(([name]) => name.replace(/_(bucket|count|sum)$/, '')));
  expect([...names].filter((name) => !shown.includes(`# TYPE ${name} `))).toEqual([]);
  const own = [...shown.matchAll(/^# TYPE (smartcms_\w+) /gm)].map(([, name = '']) => name);
  expect(own.filter((name) => !manual.includes(name.replace(/_age_seconds$/, '')))).toEqual([]);
  const alarms = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
  expect(alarms.filter((name) => !new RegExp(`^\\| .*\\b${name}\\b.* \\|`, 'm').test(manual))).toEqual([]);
});
