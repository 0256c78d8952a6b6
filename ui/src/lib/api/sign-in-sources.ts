import { body, client, edit, write } from './client.ts';
import type { SignInSource, SignInSourceInput, SignInSourceVerdict } from './types.ts';
import { listUnits } from './units.ts';

export const listSignInSources = async (): Promise<SignInSource[]> => (await body(client.GET('/sign-in-sources'))).items;
export const createSignInSource = (source: SignInSourceInput, key: string): Promise<SignInSource> =>
  body(client.POST('/sign-in-sources', { params: { header: write(key) }, body: source }));
export const updateSignInSource = ({ id, version }: SignInSource, source: SignInSourceInput, key: string): Promise<SignInSource> =>
  body(client.PUT('/sign-in-sources/{id}', { params: { path: { id }, header: edit(key, version) }, body: source }));

interface Trial {
  login?: string;
  password?: string;
}
export const trySignInSource = (id: string, trial: Trial): Promise<SignInSourceVerdict> =>
  body(client.POST('/sign-in-sources/{id}/try', { params: { path: { id } }, body: trial }));

/** The unit with exactly this code. */
export async function unitIdOf(code: string): Promise<string | undefined> {
  const { items } = await listUnits({ search: code, limit: 200 });
  return items.find((unit) => unit.code === code)?.id;
}
