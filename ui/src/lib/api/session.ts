import { body, client } from './client.ts';
import type { Me, Meta } from './types.ts';

export const getMe = (): Promise<Me> => body(client.GET('/me'));
export const getMeta = (): Promise<Meta> => body(client.GET('/meta'));
export const signIn = (login: string, password: string): Promise<Me> => body(client.POST('/session', { body: { login, password } }));
export const signOut = (): Promise<unknown> => body(client.DELETE('/session'));
