import { body, client, edit, write } from './client.ts';
import type { Role, RoleCreate, RoleInput, SeparationInput, SeparationRule } from './types.ts';

export const listRoles = (): Promise<{ items: Role[] }> => body(client.GET('/roles'));
export const createRole = (role: RoleCreate, key: string): Promise<Role> =>
  body(client.POST('/roles', { params: { header: write(key) }, body: role }));
export const updateRole = ({ code, version }: Role, role: RoleInput, key: string): Promise<Role> =>
  body(client.PATCH('/roles/{code}', { params: { path: { code }, header: edit(key, version) }, body: role }));
export const removeRole = (code: string, key: string): Promise<void> =>
  body(client.DELETE('/roles/{code}', { params: { path: { code }, header: write(key) } }));

export const listSeparationRules = (): Promise<{ items: SeparationRule[] }> => body(client.GET('/separation-rules'));
export const createSeparationRule = (rule: SeparationInput, key: string): Promise<{ items: SeparationRule[] }> =>
  body(client.POST('/separation-rules', { params: { header: write(key) }, body: rule }));
export const switchSeparationRule = (id: string, active: boolean, key: string): Promise<{ items: SeparationRule[] }> =>
  body(client.PATCH('/separation-rules/{id}', { params: { path: { id }, header: write(key) }, body: { active } }));
export const removeSeparationRule = (id: string, key: string): Promise<void> =>
  body(client.DELETE('/separation-rules/{id}', { params: { path: { id }, header: write(key) } }));
