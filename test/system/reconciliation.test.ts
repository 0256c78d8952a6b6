import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { openDatabase } from '../../db/database.ts';
import { activationCode } from '../../local/demo-mail.ts';
import { root } from '../../local/paths.ts';
import { person, type RequestDetail } from './client.ts';
import { approved, as, newPin, produced, reaches, stationOf, submitted } from './people.ts';
import { until } from './until.ts';

interface Report {
  findings: { what: string; objectId: string; rowState: string | null; otherState: string; done: string | null }[];
}

let connection: Connection;
let client: Client;
let knex: ReturnType<typeof openDatabase>;

beforeAll(async () => {
  const { env } = inject('system');
  connection = await Connection.connect({ address: env['TEMPORAL_ADDRESS'] ?? '' });
  client = new Client({ connection, namespace: env['TEMPORAL_NAMESPACE'] ?? '' });
  knex = openDatabase(env['DATABASE_URL'] ?? '', { poolMax: 2 });
});
afterAll(async () => {
  await knex.destroy();
  await connection.close();
});

const terminate = (id: string) => client.workflow.getHandle(`request/${id}`).terminate('by hand');

/** As a Temporal whose database was restored to a moment before the request: it does not know the workflow. */
async function forget(id: string): Promise<void> {
  const workflowExecution = { workflowId: `request/${id}` };
  await client.workflowService.deleteWorkflowExecution({ namespace: client.options.namespace, workflowExecution });
  await until('the workflow to be gone', async () => {
    const found = await client.workflow
      .getHandle(`request/${id}`)
      .describe()
      .catch(() => undefined);
    return found === undefined;
  });
}

/** Runs `smartcms reconcile`; of what it found, the part about these requests. */
async function reconcile(requests: RequestDetail[], ...options: string[]): Promise<Map<string, Report['findings'][number]>> {
  const { env, url } = inject('system');
  const args = [join(root, 'cli/main.ts'), 'reconcile', '--json', '--url', url, ...options];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await once(child, 'close');
  const { findings } = JSON.parse(output) as Report;
  const ids = new Set(requests.map((r) => r.id));
  return new Map(findings.filter((f) => ids.has(f.objectId)).map((f) => [f.objectId, f]));
}

/** A production that waits for an officer: the card that is next was put in by hand and pulled. */
async function stopped(): Promise<RequestDetail> {
  const request = await approved();
  const officer = await as('do');
  const stationId = await stationOf(officer);
  const { serial } = await knex('devices').where({ stationId, state: 'in_stock' }).orderBy('createdAt').first<{ serial: string }>('serial');
  await officer.post(`/stations/${stationId}/card`, { serial });
  await officer.post(`/stations/${stationId}/card`, { serial: null });
  await officer.post(`/requests/${request.id}/production`, { stationId });
  await until('the stopped card', () => knex('productions').where({ requestId: request.id, state: 'stopped' }).first<object>());
  return officer.get<RequestDetail>(`/requests/${request.id}`);
}

async function delivered(): Promise<RequestDetail> {
  const request = await produced();
  await (await as('do')).post(`/requests/${request.id}/delivery`);
  return request;
}

test('what Temporal lost is found, begun again from the rows, and goes on to its end', async () => {
  const officer = await as('do');
  const waiting = await submitted();
  await reaches(officer, waiting.id, 'pending_approval');
  const inTheMiddle = await stopped();
  const handedOver = await delivered();
  const older = await approved();
  const touched = await submitted();
  await reaches(officer, touched.id, 'pending_approval');
  const healthy = await approved();
  const all = [waiting, inTheMiddle, handedOver, older, touched, healthy];

  await terminate(waiting.id);
  await terminate(inTheMiddle.id);
  await forget(handedOver.id);
  // as if the database were of a moment before the approval, which the workflow has seen
  await knex('approvals').where({ requestId: older.id }).delete();
  const fresh = knex.raw(`jsonb_set(jsonb_set(approval, '{votes}', '[]'), '{outcome}', '"open"') || '{"step": 0}'`);
  await knex('requests')
    .where({ id: older.id })
    .update({ state: 'pending_approval', approvedAt: null, approval: fresh, waitsFor: 'approval' });

  const seen = await reconcile(all);
  expect([...seen.keys()].sort()).toEqual([waiting, inTheMiddle, handedOver, older].map((r) => r.id).sort());
  expect(seen.get(waiting.id)).toMatchObject({ rowState: 'pending_approval 1', otherState: 'workflow terminated', done: 'reported' });
  expect(seen.get(handedOver.id)).toMatchObject({ rowState: 'delivered', otherState: 'no workflow', done: 'reported' });
  expect(seen.get(older.id)).toMatchObject({ rowState: 'pending_approval 1', otherState: 'workflow says approved', done: 'reported' });

  const mended = await reconcile(all, '--repair');
  expect(mended.get(inTheMiddle.id)).toMatchObject({ rowState: 'in_production', done: 'workflow started from the row' });
  expect(mended.get(older.id)).toMatchObject({ done: 'workflow started again from the row' });
  expect(mended.size).toBe(4);
  expect((await reconcile(all)).size).toBe(0);

  // who acts on a request finds it, also before any comparison
  await terminate(touched.id);
  for (const { id } of [waiting, older, touched]) {
    await officer.post(`/requests/${id}/decisions`, { verdict: 'approve', comment: '' });
    await reaches(officer, id, 'approved');
  }
  await goesOn(inTheMiddle);
  await isActivated(handedOver);
});

/** The stopped card waited on; resumed, it is finished with one certificate a slot. */
async function goesOn({ id, deviceSerial }: RequestDetail): Promise<void> {
  const officer = await as('do');
  const stationId = await stationOf(officer);
  expect(await knex('productions').where({ requestId: id }).select('state', 'n')).toEqual([{ state: 'stopped', n: 1 }]);
  await officer.post(`/stations/${stationId}/card`, { serial: deviceSerial });
  await officer.post(`/requests/${id}/production/resumption`, { stationId });
  await reaches(officer, id, 'produced');
  const certificates = await knex('certificates').where({ requestId: id }).select<{ slot: string; state: string }[]>('slot', 'state');
  expect(certificates.map((c) => c.state)).toEqual(['issued', 'issued']);
  const { rows } = await knex.raw<{ rows: { n: number }[] }>(
    `select count(*)::int as n from ca_ledger l join certificates c on c.client_ref = l.client_ref where c.request_id = ?`,
    [id],
  );
  expect(rows[0]?.n).toBe(2);
}

async function isActivated({ id, data, deviceSerial }: RequestDetail): Promise<void> {
  const code = await activationCode({ mailUrl: inject('system').mailUrl, to: data.email });
  const officer = await as('do');
  await officer.post(`/stations/${await stationOf(officer)}/card`, { serial: deviceSerial });
  await person().post('/portal/activation', { serial: deviceSerial, code, pin: newPin(), password: 'a long new password' });
  await reaches(officer, id, 'closed');
  expect(await knex('mail_outbox').where({ requestId: id, template: 'activation-code' }).select('id')).toHaveLength(1);
}
