import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { v7 } from 'uuid';

import { openDataKeys } from '../connectors/hsm/data-keys.ts';
import { sealWith } from '../connectors/hsm/envelope.ts';
import { openHsm } from '../connectors/hsm/pkcs11-hsm.ts';
import { openDatabase } from '../db/database.ts';
import { amendmentStore } from '../db/stores/amendments.ts';
import { dataKeyStore } from '../db/stores/data-keys.ts';
import { holdStore } from '../db/stores/holds.ts';
import { requestStore } from '../db/stores/requests.ts';
import { stationStore } from '../db/stores/stations.ts';
import { system } from '../domain/actor.ts';
import { noFields } from '../domain/field-definition.ts';
import { withLuhn } from '../domain/luhn.ts';
import { startServices } from '../local/services.ts';
import { certificateActionWorkflowId } from '../workflows/certificate-action-messages.ts';
import { dataConverter } from '../workflows/codec/data-converter.ts';
import { productionWorkflowId } from '../workflows/device-production-messages.ts';
import * as messages from '../workflows/request-messages.ts';
import { stationCardWorkflowId } from '../workflows/station-card-messages.ts';
import { person } from './support/workshop.ts';
import { makeStackDir } from './support/stack-dir.ts';

// Records the histories that replay.test.ts replays: run it after a change of a workflow that is meant to change histories, on purpose.
// Uses a whole system of its own; its payload key is recorded too, because it encrypts nothing else.
const folder = join(import.meta.dirname, 'histories');
const dir = makeStackDir('histories');
const services = await startServices({ dir, profile: 'test', ports: { api: 0, validation: 0, mail: 0 }, ui: false });
const { env } = services;
if (env['SOFTHSM2_CONF']) process.env['SOFTHSM2_CONF'] = env['SOFTHSM2_CONF'];

const knex = openDatabase(env['DATABASE_URL'] ?? '');
const pin = readFileSync(env['HSM_PIN_FILE'] ?? '', 'utf8').trim();
const hsm = openHsm({ module: env['PKCS11_MODULE'] ?? '', tokenLabel: env['HSM_TOKEN'] ?? '', pin, sessions: 1 });
const payloadKeys = await openDataKeys(hsm, dataKeyStore(knex), { purpose: 'payload', newId: v7() });
const codeKeys = await openDataKeys(hsm, dataKeyStore(knex), { purpose: 'codes', newId: v7() });
const connection = await Connection.connect({ address: env['TEMPORAL_ADDRESS'] ?? '' });
const client = new Client({ connection, namespace: env['TEMPORAL_NAMESPACE'] ?? '', dataConverter: dataConverter(payloadKeys) });

const station = await knex('stations').where({ code: 'osl-desk-1' }).first<{ id: string; unitId: string }>('id', 'unit_id');
const profileOf = async (code: string) => (await knex('device_profiles').where({ code }).first<{ id: string }>('id')).id;
const operator = async (login: string) =>
  (
    await knex('accounts')
      .where({ login: `${login}@aurelia.example` })
      .first<{ operatorId: string }>('operator_id')
  ).operatorId;
const by = { registrar: await operator('ro'), approver: await operator('do'), second: await operator('do2'), third: await operator('do3') };

const { History } = proto.temporal.api.history.v1;
const plain = (history: Parameters<typeof History.create>[0]) =>
  History.toObject(History.create(history), { enums: String, longs: String, bytes: String });

const save = async (name: string, workflowId: string) => {
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ workflowId, history: plain(history) }, undefined, 1)}\n`);
  console.log(`${name}: ${history.events?.length ?? 0} events`);
};

async function submit(profile = 'staff-card'): Promise<{ id: string; handle: WorkflowHandle }> {
  const id = v7();
  const holder = { newId: v7(), data: person() };
  const registrar = { kind: 'operator', id: by.registrar } as const;
  const profileId = await profileOf(profile);
  const request = { by: registrar, id, unitId: station.unitId, profileId, holder, extra: {}, fields: noFields, submit: true };
  await requestStore(knex).create(request);
  const handle = await client.workflow.start('request', {
    workflowId: messages.requestWorkflowId(id),
    taskQueue: 'main',
    args: [{ v: 1, requestId: id }],
  });
  return { id, handle };
}

const approve = (handle: WorkflowHandle, operatorId = by.approver) =>
  handle.executeUpdate(messages.decide, { args: [{ by: operatorId, verdict: 'approve', comment: '' }], updateId: v7() });
const produce = (handle: WorkflowHandle, stationId = station.id) =>
  handle.executeUpdate(messages.produce, { args: [{ stationId, by: by.approver }], updateId: v7() });
const deliver = (handle: WorkflowHandle) => handle.executeUpdate(messages.deliver, { args: [{ by: by.approver }], updateId: v7() });

const row = (id: string) =>
  knex('requests').where({ id }).first<{ state: string; holderId: string; deviceId: string; problemCode: string | null }>();
async function until(id: string, ready: (request: Awaited<ReturnType<typeof row>>) => boolean): Promise<Awaited<ReturnType<typeof row>>> {
  for (let request = await row(id); ; request = await row(id)) {
    if (ready(request)) return request;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function activate(id: string, handle: WorkflowHandle): Promise<void> {
  const { deviceId, holderId } = await row(id);
  const chosenPinId = v7();
  const ciphertext = sealWith(await codeKeys.key(codeKeys.current), Buffer.from('295173'), Buffer.from(`${chosenPinId}|chosen_pin`));
  await knex('secret_codes').insert({
    id: chosenPinId,
    kind: 'chosen_pin',
    deviceId,
    requestId: id,
    state: 'generated',
    keyId: codeKeys.current,
    ciphertext,
  });
  await handle.executeUpdate(messages.activate, { args: [{ holderId, chosenPinId }], updateId: v7() });
}

/** A station of its own with one blank card at a time, so that it is known which card is next; the worker finds it within seconds. */
const lonely = { id: v7(), code: 'histories', name: 'Histories', unitId: station.unitId, kind: 'virtual' as const };
await stationStore(knex).create({ by: system, ...lonely });

const card = (change: { kind: 'pull' } | { kind: 'insert'; serial: string }) =>
  client.workflow.execute('stationCard', {
    workflowId: stationCardWorkflowId(lonely.id, v7()),
    taskQueue: 'main',
    args: [{ v: 1, stationId: lonely.id, change }],
  });

let blanks = 0;
/** A production that stops because an officer holds the card that it reserved. */
async function stopped(): Promise<{ id: string; handle: WorkflowHandle; serial: string; deviceId: string }> {
  const { id, handle } = await submit();
  await approve(handle);
  const serial = withLuhn(`6090${String(++blanks).padStart(11, '0')}`);
  await stationStore(knex).addBlank({ by: system, id: v7(), serial, stationId: lonely.id });
  await card({ kind: 'insert', serial });
  await card({ kind: 'pull' });
  await produce(handle, lonely.id);
  const { deviceId } = await until(id, (r) => r.problemCode !== null);
  return { id, handle, serial, deviceId };
}

const scenarios: Record<string, () => Promise<void>> = {
  async issued() {
    const { id, handle } = await submit('qualified-card');
    await approve(handle);
    await approve(handle, by.second);
    await approve(handle, by.third);
    await produce(handle);
    const { deviceId } = await until(id, (r) => r.state === 'produced');
    await deliver(handle);
    await activate(id, handle);
    await handle.result();
    await save('request-issued', handle.workflowId);
    await save('production-completed', productionWorkflowId(deviceId, 1));
    const { actions } = await holdStore(knex).requestHold({
      by: { kind: 'operator', id: by.approver },
      id: v7(),
      deviceId,
      cause: 'absence',
      comment: '',
    });
    for (const { id: actionId, certificateId, kind, n, ca } of actions) {
      const workflowId = certificateActionWorkflowId(certificateId, kind, n);
      await client.workflow.execute('certificateAction', { workflowId, taskQueue: 'main', args: [{ v: 1, actionId, ca }] });
      await save('certificate-suspended', workflowId);
    }
  },
  async amendedAndRejected() {
    const { id, handle } = await submit('qualified-card');
    await approve(handle);
    const { version, data } = await knex('requests').where({ id }).first<{ version: number; data: never }>('version', 'data');
    const amendmentId = v7();
    await amendmentStore(knex).plan({
      by: { kind: 'operator', id: by.registrar },
      amendmentId,
      requestId: id,
      version,
      data,
      extra: {},
      reason: 'A letter was wrong',
    });
    await handle.executeUpdate(messages.amend, { args: [{ amendmentId, by: by.registrar }], updateId: v7() });
    await handle.executeUpdate(messages.decide, { args: [{ by: by.second, verdict: 'reject', comment: '' }], updateId: v7() });
    await handle.result();
    await save('request-amended-and-rejected', handle.workflowId);
  },
  async stoppedAndResumed() {
    const { id, handle, serial, deviceId } = await stopped();
    await card({ kind: 'insert', serial });
    await handle.executeUpdate(messages.resume, { args: [{ stationId: lonely.id, by: by.approver }], updateId: v7() });
    await until(id, (r) => r.state === 'produced');
    await handle.executeUpdate(messages.cancel, { args: [{ by: { kind: 'operator', id: by.approver }, reason: 'Left' }], updateId: v7() });
    await handle.result();
    await save('request-stopped-resumed-cancelled', handle.workflowId);
    await save('production-stopped-resumed', productionWorkflowId(deviceId, 1));
  },
  async stoppedAndScrapped() {
    const { handle, deviceId } = await stopped();
    await handle.executeUpdate(messages.scrap, { args: [{ by: by.approver, reason: 'Broken' }], updateId: v7() });
    await save('production-scrapped', productionWorkflowId(deviceId, 1));
    await handle.executeUpdate(messages.cancel, { args: [{ by: { kind: 'operator', id: by.approver }, reason: 'Left' }], updateId: v7() });
    await handle.result();
    await save('request-scrapped-cancelled', handle.workflowId);
  },
  async cancelledWhileStopped() {
    const { handle, deviceId } = await stopped();
    await handle.executeUpdate(messages.cancel, { args: [{ by: { kind: 'operator', id: by.approver }, reason: 'Left' }], updateId: v7() });
    await handle.result();
    await save('request-cancelled-in-production', handle.workflowId);
    await save('production-cancelled', productionWorkflowId(deviceId, 1));
  },
  async renewed() {
    const { handle } = await submit();
    await approve(handle);
    await handle.signal(messages.renew);
    await save('request-renewed', handle.workflowId);
  },
};

try {
  mkdirSync(folder, { recursive: true });
  const { current } = payloadKeys;
  const keys = { [current]: (await payloadKeys.key(current)).toString('base64') };
  writeFileSync(join(folder, 'payload-keys.json'), `${JSON.stringify({ current, keys }, undefined, 1)}\n`);
  for (const scenario of Object.values(scenarios)) await scenario();
} finally {
  await connection.close();
  await hsm.close();
  await knex.destroy();
  await services.stop();
  rmSync(dir, { recursive: true, force: true });
}
