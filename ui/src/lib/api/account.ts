import { body, client, write } from './client.ts';
import type { Account, Me, OwnSession } from './types.ts';

/** What somebody shows to prove again who they are. */
export type Proof = { code: string } | { password: string };

export const getAccount = (): Promise<Account> => body(client.GET('/account'));
export const showSecondFactor = (code: string): Promise<Me> => body(client.POST('/session/second-factor', { body: { code } }));
export const proveAgain = (proof: Proof): Promise<unknown> => body(client.POST('/session/proof', { body: proof }));

export const changePassword = (change: { current: string; password: string }): Promise<unknown> =>
  body(client.POST('/account/password', { body: change }));
export const askPasswordReset = (login: string): Promise<unknown> => body(client.POST('/password-resets', { body: { login } }));
export const resetPassword = (reset: { token: string; password: string }): Promise<unknown> =>
  body(client.POST('/password-resets/completion', { body: reset }));

export const enrolTotp = (): Promise<{ secret: string; qr: string }> => body(client.POST('/account/totp'));
export const confirmTotp = (code: string): Promise<{ codes: string[] }> =>
  body(client.POST('/account/totp/confirmation', { body: { code } }));
export const removeTotp = (key: string): Promise<unknown> => body(client.DELETE('/account/totp', { headers: write(key) }));
export const renewRecoveryCodes = (): Promise<{ codes: string[] }> => body(client.POST('/account/recovery-codes'));

export const listOwnSessions = (): Promise<{ items: OwnSession[] }> => body(client.GET('/account/sessions'));
export const endOwnSession = (id: string): Promise<unknown> => body(client.DELETE('/account/sessions/{id}', { params: { path: { id } } }));
