import { body, client, write } from './client.ts';
import { Problem } from './problem.ts';
import type { RequestDetail, Station } from './types.ts';

const of = <H = Record<never, never>>(id: string, header: H = {} as H) => ({ path: { id }, header });

export const listStations = (): Promise<{ items: Station[] }> => body(client.GET('/stations'));
export const startProduction = (requestId: string, stationId: string, key: string): Promise<RequestDetail> =>
  body(client.POST('/requests/{id}/production', { params: of(requestId, write(key)), body: { stationId } }));
export const resumeProduction = (requestId: string, stationId: string, key: string): Promise<RequestDetail> =>
  body(client.POST('/requests/{id}/production/resumption', { params: of(requestId, write(key)), body: { stationId } }));
/** Declares the card spoiled; its certificates are revoked. */
export const scrapProduction = (requestId: string, reason: string, key: string): Promise<RequestDetail> =>
  body(client.POST('/requests/{id}/production/scrapping', { params: of(requestId, write(key)), body: { reason } }));
/** Virtual stations only: puts this card into the reader, or pulls the card (null). */
export const moveCard = (stationId: string, serial: string | null, key: string): Promise<unknown> =>
  body(client.POST('/stations/{id}/card', { params: of(stationId, write(key)), body: { serial } }));

/** The PIN mailer as a PDF. It comes once: after that the API answers 410. */
export async function printMailer(deviceId: string, key: string): Promise<Blob> {
  const response = await fetch(`/api/devices/${deviceId}/pin-mailer`, { method: 'POST', headers: write(key) }).catch(() => {
    throw new Problem(0, undefined);
  });
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => undefined));
  return response.blob();
}
