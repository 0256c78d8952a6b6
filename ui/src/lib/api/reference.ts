import { body, client } from './client.ts';
import type { Home, Profile, Unit } from './types.ts';

export const getHome = (): Promise<Home> => body(client.GET('/home'));
export const listUnits = (): Promise<{ items: Unit[] }> => body(client.GET('/units'));
export const listProfiles = (): Promise<{ items: Profile[] }> => body(client.GET('/device-profiles'));
