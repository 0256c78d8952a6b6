import { body, client, write } from './client.ts';
import type { DeviceDetail, DeviceFilter, DeviceRow, HoldInput, Page, RevocationInput } from './types.ts';

const of = <H = Record<never, never>>(id: string, header: H = {} as H) => ({ path: { id }, header });

export const listDevices = (query: DeviceFilter): Promise<Page<DeviceRow>> => body(client.GET('/devices', { params: { query } }));
export const getDevice = (id: string): Promise<DeviceDetail> => body(client.GET('/devices/{id}', { params: of(id) }));
export const placeHold = (id: string, hold: HoldInput, key: string): Promise<DeviceDetail> =>
  body(client.POST('/devices/{id}/holds', { params: of(id, write(key)), body: hold }));
/** Lifts this one hold; the device works again when the last one is lifted. */
export const liftHold = (id: string, holdId: string, key: string): Promise<DeviceDetail> =>
  body(client.DELETE('/devices/{id}/holds/{holdId}', { params: { path: { id, holdId }, header: write(key) } }));
export const revokeDevice = (id: string, revocation: RevocationInput, key: string): Promise<DeviceDetail> =>
  body(client.POST('/devices/{id}/revocation', { params: of(id, write(key)), body: revocation }));
