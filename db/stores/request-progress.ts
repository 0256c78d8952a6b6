import type { Knex } from 'knex';

import { system } from '../../domain/actor.ts';
import type { ActorRef } from '../../domain/actor.ts';
import { certificateMachine } from '../../domain/certificate-state.ts';
import { deviceMachine } from '../../domain/device-state.ts';
import { statesBefore } from '../../domain/machine.ts';
import { requestMachine } from '../../domain/request-state.ts';
import type { RequestState, RequestWait } from '../../domain/request-state.ts';
import { transaction } from '../transaction.ts';
import { lockRequest } from './request-approval.ts';
import { found, move, operatorId } from './rows.ts';
import { voidCodes } from './secret-codes.ts';
import { releaseReserved } from './stations.ts';

export interface Waiting {
  id: string;
  waitsFor: RequestWait | null;
  nextAttemptAt?: Date | null;
  deadlineAt?: Date | null;
  problem?: { code: string; detail: string } | null;
}

export type RequestProgressStore = ReturnType<typeof requestProgressStore>;

/** What a request waits for, and its way from the finished card to its end. */
export const requestProgressStore = (knex: Knex) => ({
  /** Says what it waits for; `waitingSince` starts anew when that is another thing than before. Times not given stay as they are. */
  setWaiting: (waiting: Waiting): Promise<void> => transaction(knex, system, (trx) => setWaiting(trx, waiting)),

  /** The card was handed over: request and device are delivered and wait for the holder. */
  deliver: ({ by, id, deadlineAt }: { by: ActorRef; id: string; deadlineAt?: Date }): Promise<void> =>
    transaction(knex, by, async (trx) => {
      const { deviceId } = await lockRequest(trx, id);
      const set = { deliveredAt: new Date(), deliveredBy: operatorId(by), ...waitFor('activation'), ...(deadlineAt && { deadlineAt }) };
      const moved = await move(trx, { table: 'requests', machine: requestMachine, id, to: 'delivered', set });
      if (!moved) return;
      const device = { deliveredAt: new Date(), stateSince: new Date() };
      await move(trx, {
        table: 'devices',
        machine: deviceMachine,
        id: found(deviceId ?? undefined, 'device'),
        to: 'delivered',
        set: device,
      });
    }),

  /** The holder has made the card work: request, device and its certificates are active. */
  activate: ({ by, id }: { by: ActorRef; id: string }): Promise<void> =>
    transaction(knex, by, async (trx) => {
      const { deviceId } = await lockRequest(trx, id);
      const set = { activatedAt: new Date(), ...nothingToWaitFor };
      const moved = await move(trx, { table: 'requests', machine: requestMachine, id, to: 'activated', set });
      if (moved) await activateDevice(trx, found(deviceId ?? undefined, 'device'));
    }),

  /** The last word on a request that went well. */
  close: ({ id }: { id: string }): Promise<{ state: RequestState }> => end(knex, { by: system, id, to: 'closed' }),

  cancel: ({ by, id, reason }: { by: ActorRef; id: string; reason: string }) => end(knex, { by, id, to: 'cancelled', reason }),

  expire: ({ id, reason }: { id: string; reason: string }) => end(knex, { by: system, id, to: 'expired', reason }),

  fail: ({ id, code, detail }: { id: string; code: string; detail: string }) =>
    end(knex, { by: system, id, to: 'failed', reason: detail, set: { problemCode: code, problemDetail: detail } }),
});

const nothingToWaitFor = {
  waitsFor: null,
  waitingSince: null,
  nextAttemptAt: null,
  deadlineAt: null,
  problemCode: null,
  problemDetail: null,
};

/** Columns of a wait that begins now. */
export const waitFor = (waitsFor: RequestWait) => ({ ...nothingToWaitFor, waitsFor, waitingSince: new Date() });

/** See `requestProgressStore.setWaiting`. */
export async function setWaiting(trx: Knex, { id, waitsFor, problem, ...times }: Waiting): Promise<void> {
  await trx('requests')
    .where({ id })
    .update({
      ...times,
      waitsFor,
      waitingSince: trx.raw('case when waits_for is not distinct from ? then waiting_since else ?::timestamptz end', [
        waitsFor,
        waitsFor && new Date(),
      ]),
      ...(problem !== undefined && { problemCode: problem?.code ?? null, problemDetail: problem?.detail ?? null }),
    });
}

async function activateDevice(trx: Knex, id: string): Promise<void> {
  const now = new Date();
  await move(trx, { table: 'devices', machine: deviceMachine, id, to: 'active', set: { activatedAt: now, stateSince: now } });
  await activateCertificates(trx, id);
}

/** Issued certificates of a device become active. */
export async function activateCertificates(trx: Knex, deviceId: string): Promise<void> {
  await trx('certificates')
    .where({ deviceId })
    .whereIn(
      'state',
      statesBefore(certificateMachine, 'active').filter((state) => state === 'issued'),
    )
    .update({ state: 'active', stateSince: new Date() });
}

interface End {
  by: ActorRef;
  id: string;
  to: 'closed' | 'cancelled' | 'expired' | 'failed';
  reason?: string;
  set?: Record<string, unknown>;
}

/** Ends a request: it waits for nothing, its codes are void, a blank card kept for it goes back. What was issued is revoked by its own action. */
const end = (knex: Knex, { by, id, to, reason, set = {} }: End): Promise<{ state: RequestState }> =>
  transaction(knex, by, async (trx) => {
    const { deviceId } = await lockRequest(trx, id);
    const closing = { closedAt: new Date(), closedByKind: by.kind, closedBy: by.id, closingReason: reason ?? null };
    const moved = await move(trx, { table: 'requests', machine: requestMachine, id, to, set: { ...nothingToWaitFor, ...closing, ...set } });
    if (moved && deviceId && to !== 'closed') await voidCodes(trx, deviceId);
    if (moved) await releaseReserved(trx, id);
    return { state: to };
  });
