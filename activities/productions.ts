import { v7 } from 'uuid';

import type { CertificateStore } from '../db/stores/certificates.ts';
import { system } from '../domain/actor.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { DeviceProfile } from '../domain/profile.ts';
import type { RequestWait } from '../domain/request-state.ts';
import type { ProductionRecords } from './production-work.ts';
import { startable, type StartableAction } from './startable-action.ts';

interface Deps {
  records: ProductionRecords;
  certificates: CertificateStore;
}

interface Begun {
  id: string;
  deviceId: string;
  n: number;
  stationId: string;
  cas: string[];
}

/** A stopped card that nobody cares for is given up after a day. */
const patienceHours = 24;

export const productionActivities = ({ records, certificates }: Deps) => ({
  /** Reserves a blank device of the station and opens its journal; `stock_empty` when there is none. */
  async beginProduction({ requestId, stationId, by }: { requestId: string; stationId: string; by: string }): Promise<Begun> {
    const begun = await records.productions.begin({ by: { kind: 'operator', id: by }, id: v7(), requestId, stationId });
    const { profile } = await records.requests.load(requestId);
    const { productionId: id, deviceId, n } = begun;
    return { id, deviceId, n, stationId, cas: await casOf(certificates, profile) };
  },

  /** The card has a problem that needs a person: says which, at which step, and until when it is waited. */
  async stopProduction({ productionId, problem }: { productionId: string; problem: Problem }): Promise<{ deadlineAt: string }> {
    const { steps } = await records.productions.get(productionId);
    const step = steps.find((s) => s.state === 'running') ?? steps.find((s) => s.state !== 'done') ?? steps[0];
    const deadlineAt = new Date(Date.now() + patienceHours * 3_600_000);
    if (step) await records.steps.stop({ productionId, step: step.step, problem, deadlineAt, waitsFor: waitOf(problem.code) });
    return { deadlineAt: deadlineAt.toISOString() };
  },

  async resumeProduction({ productionId, stationId, by }: { productionId: string; stationId: string; by: string }): Promise<void> {
    await records.productions.resume({ by: { kind: 'operator', id: by }, productionId, stationId });
  },

  /** Gives the card up: codes void, certificates on their way to revocation, the request waits for another card. */
  async scrapProduction({ productionId, reason, by }: { productionId: string; reason: string; by?: string }): Promise<StartableAction[]> {
    const actor = by === undefined ? system : ({ kind: 'operator', id: by } as const);
    const { actions } = await records.productions.spoil({ by: actor, productionId, reason });
    return actions.map(startable);
  },
});

/** Codes of the CAs that issue for a device profile. */
export async function casOf(certificates: CertificateStore, { slots }: DeviceProfile): Promise<string[]> {
  const profiles = await Promise.all(slots.map((slot) => certificates.profile(slot.certificateProfile)));
  return [...new Set(profiles.map((p) => p.ca))];
}

interface Problem {
  code: ErrorCode;
  detail: string;
}

const waitOf = (code: ErrorCode): RequestWait => {
  if (code === 'ca_refused') return 'ca';
  return code === 'internal' || code === 'unavailable' ? 'system' : 'card';
};
