import { setTimeout as delay } from 'node:timers/promises';

import type { z } from 'zod';

import type { RequestDetail as Detail } from '../../api/schemas/request.ts';
import { activate } from './activation.ts';
import type { Weather } from './client.ts';
import type { Crew } from './crew.ts';
import type { Through } from './http.ts';
import type { Mailbox } from './mailbox.ts';
import type { Somebody } from './somebody.ts';

type RequestDetail = z.infer<typeof Detail>;

/** Where a card's life leads, and how often. */
export const endings = [
  ['produced', 2],
  ['delivered', 1],
  ['suspended', 2],
  ['reactivated', 2],
  ['revoked', 2],
  ['active', 2],
  ['active, suspended', 1],
  ['active, reactivated', 1],
  ['active, revoked', 1],
  ['rejected', 1],
  ['cancelled', 1],
  ['cancelled in production', 1],
  ['cancelled when produced', 1],
] as const;
export type Ending = (typeof endings)[number][0];

export interface Life {
  somebody: Somebody;
  ending: Ending;
  desk: Crew['desks'][number];
}

/** What was answered, to be found afterwards. */
export interface Acknowledged {
  ending: Ending;
  requestId: string;
  /** Null when no card was made. */
  deviceId: string | null;
}

export interface Around {
  crew: Crew;
  mailbox: Mailbox;
  through: Through;
  weather: Weather;
}

const PATIENCE_MS = 600_000;
const PAUSE_MS = 500;

/** Leads one card to its ending, one answered step after the other. Throws what should not happen. */
export async function live(life: Life, around: Around): Promise<Acknowledged> {
  const { crew } = around;
  const { ending, somebody } = life;
  const { id } = await register(life, crew);
  const ends = (request: RequestDetail): Acknowledged => ({ ending, requestId: id, deviceId: request.device?.id ?? null });

  await reaches(crew, id, 'pending_approval');
  if (ending === 'cancelled') return ends(await cancel(crew, id));
  const verdict = ending === 'rejected' ? 'reject' : 'approve';
  await crew.approver.post(`/requests/${id}/decisions`, { verdict, comment: 'storm' });
  if (ending === 'rejected') return ends(await reaches(crew, id, 'rejected'));

  await reaches(crew, id, 'approved');
  await crew.maker.post(`/requests/${id}/production`, { stationId: life.desk.stationId });
  if (ending === 'cancelled in production') return ends(await cancel(crew, id));
  const produced = await reaches(crew, id, 'produced');
  if (ending === 'cancelled when produced') return { ...ends(await cancel(crew, id)), deviceId: produced.device?.id ?? null };
  if (ending === 'produced') return ends(produced);

  await crew.maker.post(`/requests/${id}/delivery`);
  const serial = produced.device?.serial ?? '';
  if (ending.startsWith('active')) await activate({ ...around, somebody, serial });
  const delivered = await reaches(crew, id, ending.startsWith('active') ? 'closed' : 'delivered');
  await endWith(crew, ending, delivered.device?.id ?? '');
  return ends(delivered);
}

const register = ({ somebody, desk }: Life, { registrar, profileId }: Crew): Promise<RequestDetail> =>
  registrar.post<RequestDetail>('/requests', { holder: somebody.holder, unitId: desk.unitId, profileId, submit: true });

async function cancel({ registrar }: Crew, id: string): Promise<RequestDetail> {
  return registrar.post<RequestDetail>(`/requests/${id}/cancellation`, { reason: 'The storm wants it.' });
}

async function endWith({ helpDesk }: Crew, ending: Ending, deviceId: string): Promise<void> {
  if (ending.endsWith('revoked')) await helpDesk.post(`/devices/${deviceId}/revocation`, { cause: 'key_compromise', comment: 'storm' });
  if (!/suspended$|reactivated$/.test(ending)) return;
  const { holds } = await helpDesk.post<{ holds: { id: string }[] }>(`/devices/${deviceId}/holds`, { cause: 'absence', comment: 'storm' });
  if (ending.endsWith('reactivated')) await helpDesk.delete(`/devices/${deviceId}/holds/${holds[0]?.id}`);
}

/** Waits as long as it takes; a production that stops is a defect, for nobody touches a card. */
async function reaches({ maker }: Crew, id: string, state: RequestDetail['state']): Promise<RequestDetail> {
  let request: RequestDetail | undefined;
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await delay(PAUSE_MS)) {
    request = await maker.get<RequestDetail>(`/requests/${id}`);
    if (request.state === state) return request;
    const { production } = request;
    if (production?.state === 'stopped') throw new Error(`production of ${id} stopped: ${JSON.stringify(production.problem)}`);
  }
  throw new Error(`request ${id} is ${request?.state}, not ${state}, after ${PATIENCE_MS / 1000} s: ${JSON.stringify(request?.waits)}`);
}
