import type { Knex } from 'knex';

import { system } from '../../domain/actor.ts';
import type { ActorRef } from '../../domain/actor.ts';
import { deviceMachine } from '../../domain/device-state.ts';
import { failure } from '../../domain/errors.ts';
import { productionSteps } from '../../domain/production.ts';
import { requestMachine } from '../../domain/request-state.ts';
import { Certificate } from '../models/certificate.ts';
import { Production } from '../models/production.ts';
import { ProductionStepRow } from '../models/production-step.ts';
import { transaction } from '../transaction.ts';
import { revokeCertificates } from './action-rows.ts';
import type { PlannedAction } from './action-rows.ts';
import { waitFor } from './request-progress.ts';
import { lockRequest } from './request-approval.ts';
import { found, move, operatorId } from './rows.ts';
import { voidCodes } from './secret-codes.ts';
import { releaseReserved, reserveDevice } from './stations.ts';

export interface BegunProduction {
  productionId: string;
  deviceId: string;
  serial: string;
  n: number;
}

/** A production with the journal of its card. */
export type ProductionWithSteps = Production & { serial: string; steps: ProductionStepRow[] };

export type LastProduction = Pick<Production, 'id' | 'deviceId' | 'n' | 'stationId' | 'state' | 'deadlineAt'>;

export type ProductionStore = ReturnType<typeof productionStore>;

/** Productions: one attempt each to make a request's card. */
export const productionStore = (knex: Knex) => ({
  /** Keeps a blank device and opens the journal, its step `reserve` done. A production of the request that is open is returned as it is. */
  begin: ({ by, id, requestId, stationId }: { by: ActorRef; id: string; requestId: string; stationId: string }): Promise<BegunProduction> =>
    transaction(knex, by, async (trx) => {
      await lockRequest(trx, requestId);
      const open = await openProduction(trx, requestId, id);
      if (open) return open;
      const { deviceId, serial } = await reserveDevice(trx, requestId, stationId);
      await move(trx, { table: 'requests', machine: requestMachine, id: requestId, to: 'in_production', set: waitFor('system') });
      const n = 1 + (await Production.query(trx).where({ deviceId }).resultSize());
      await Production.query(trx).insert({ id, requestId, deviceId, stationId, n, state: 'running', startedBy: operatorId(by) });
      await ProductionStepRow.query(trx).insert(journal(id));
      return { productionId: id, deviceId, serial, n };
    }),

  async get(productionId: string): Promise<ProductionWithSteps> {
    const row = await knex('productions as p')
      .join('devices as d', 'd.id', 'p.device_id')
      .where('p.id', productionId)
      .first<(Production & { serial: string }) | undefined>('p.*', 'd.serial');
    const steps = await ProductionStepRow.query(knex).where({ productionId }).orderBy('position');
    return Object.assign(found(row, 'production'), { steps });
  },

  /** The last attempt to make the card of a request. */
  lastOf: (requestId: string): Promise<LastProduction | undefined> =>
    knex('productions')
      .where({ requestId })
      .orderBy('startedAt', 'desc')
      .first<LastProduction | undefined>('id', 'device_id', 'n', 'station_id', 'state', 'deadline_at'),

  /** A stopped card goes on, at this station. */
  resume: ({ by, productionId, stationId }: { by: ActorRef; productionId: string; stationId: string }): Promise<void> =>
    transaction(knex, by, async (trx) => {
      const production = await lockProduction(trx, productionId);
      if (production.state === 'running' && production.stationId === stationId) return;
      assertState(production, ['stopped']);
      await trx('productions')
        .where({ id: productionId })
        .update({ ...running, stationId });
      await trx('requests').where({ id: production.requestId }).update(waitFor('system'));
    }),

  /** Every step is done: the card is personalised and the request produced. */
  complete: ({ productionId }: { productionId: string }): Promise<void> =>
    transaction(knex, system, async (trx) => {
      const production = await lockProduction(trx, productionId);
      if (production.state === 'completed') return;
      assertState(production, ['running']);
      const now = new Date();
      await trx('productions')
        .where({ id: productionId })
        .update({ ...noProblem, state: 'completed', endedAt: now });
      await move(trx, {
        table: 'devices',
        machine: deviceMachine,
        id: production.deviceId,
        to: 'personalised',
        set: { producedAt: now, stateSince: now },
      });
      const set = { ...waitFor('delivery'), producedAt: now };
      await move(trx, { table: 'requests', machine: requestMachine, id: production.requestId, to: 'produced', set });
    }),

  /**
   * The card is given up: spoiled (or back in stock, if nothing was written to it), its codes void, revocations of its certificates made (`actions`), the request approved and waiting for
   * another card. `open`: certificates whose order has no known answer yet; once issued they must be revoked too.
   */
  spoil: ({
    by,
    productionId,
    reason,
  }: {
    by: ActorRef;
    productionId: string;
    reason: string;
  }): Promise<{ actions: PlannedAction[]; open: string[] }> =>
    transaction(knex, by, async (trx) => {
      const { state, deviceId, requestId } = await lockProduction(trx, productionId);
      if (state === 'completed') throw failure('wrong_state', 'The card is finished: revoke it instead.');
      if (state !== 'spoiled') {
        await trx('productions')
          .where({ id: productionId })
          .update({ ...noProblem, state: 'spoiled', endedAt: new Date(), endingReason: reason });
        await voidCodes(trx, deviceId);
        await giveUpDevice(trx, { deviceId, requestId });
        await approveAgain(trx, requestId);
      }
      return giveUpCertificates(trx, deviceId, by);
    }),
});

const noProblem = { problemCode: null, problemDetail: null, deadlineAt: null };
const running = { ...noProblem, state: 'running' };

const journal = (productionId: string): Partial<ProductionStepRow>[] =>
  productionSteps.map((step, position) => ({
    ...{ productionId, position, step, state: step === 'reserve' ? 'done' : 'waiting', detail: {} },
    ...(step === 'reserve' && { attempts: 1, startedAt: new Date(), endedAt: new Date() }),
  }));

async function openProduction(trx: Knex, requestId: string, id: string): Promise<BegunProduction | undefined> {
  return trx('productions as p')
    .join('devices as d', 'd.id', 'p.device_id')
    .where('p.request_id', requestId)
    .where((q) => void q.where('p.id', id).orWhereIn('p.state', ['running', 'stopped']))
    .first<BegunProduction | undefined>('p.id as production_id', 'p.device_id', 'd.serial', 'p.n');
}

/** Row lock: changes of one production come one after the other. The request is locked first, as everywhere. */
export async function lockProduction(trx: Knex, id: string): Promise<Production> {
  const { requestId } = found(await Production.query(trx).findById(id), 'production');
  await lockRequest(trx, requestId);
  return found(await Production.query(trx).findById(id).forUpdate(), 'production');
}

/** `wrong_state` unless the production is in one of these states. */
export function assertState({ state }: Production, states: Production['state'][]): void {
  if (!states.includes(state)) throw failure('wrong_state', `The production is ${state}. Reload to see its present state.`);
}

/** A card that nothing was written to goes back into stock; any other is spoiled. */
async function giveUpDevice(trx: Knex, { deviceId, requestId }: { deviceId: string; requestId: string }): Promise<void> {
  const { state } = found(await trx('devices').where({ id: deviceId }).first<{ state: string } | undefined>('state'), 'device');
  if (state === 'reserved') await releaseReserved(trx, requestId);
  else await move(trx, { table: 'devices', machine: deviceMachine, id: deviceId, to: 'spoiled', set: { stateSince: new Date() } });
}

/** Only a request that is still being made waits for another card; a cancelled one stays cancelled. */
async function approveAgain(trx: Knex, id: string): Promise<void> {
  await trx('requests')
    .where({ id, state: 'in_production' })
    .update({ ...waitFor('production'), state: 'approved', deviceId: null });
}

async function giveUpCertificates(trx: Knex, deviceId: string, by: ActorRef): Promise<{ actions: PlannedAction[]; open: string[] }> {
  await Certificate.query(trx)
    .patch({ state: 'failed', problemDetail: 'The card was given up', stateSince: new Date() })
    .where({ deviceId, state: 'requested' });
  const actions = await revokeCertificates(trx, { deviceId, by, reason: 'cessationOfOperation' });
  const open = await Certificate.query(trx).select('id').where({ deviceId }).whereIn('state', ['submitted', 'unknown']);
  return { actions, open: open.map((certificate) => certificate.id) };
}
