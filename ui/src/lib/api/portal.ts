import { body, client, write } from './client.ts';
import type { HoldInput, Me, PortalDevice } from './types.ts';

export interface Activation {
  serial: string;
  code: string;
  pin: string;
  password: string;
}

/** Activates a card with the code of its mail and the PIN the holder chose; the answer carries a session. */
export const activate = (activation: Activation, key: string): Promise<Me> =>
  body(client.POST('/portal/activation', { params: { header: write(key) }, body: activation }));
export const listMyDevices = (): Promise<{ items: PortalDevice[] }> => body(client.GET('/portal/devices'));
export const suspendMine = (id: string, hold: HoldInput, key: string): Promise<unknown> =>
  body(client.POST('/portal/devices/{id}/holds', { params: { path: { id }, header: write(key) }, body: hold }));
