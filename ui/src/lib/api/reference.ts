import { body, client } from './client.ts';
import type { Home, Profile } from './types.ts';

export const getHome = (): Promise<Home> => body(client.GET('/home'));
export const listProfiles = (): Promise<{ items: Profile[] }> => body(client.GET('/device-profiles'));
