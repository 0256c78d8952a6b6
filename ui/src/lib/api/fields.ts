import type { FieldSet } from '#domain/field-definition.ts';

import type { components } from './schema.d.ts';
import { body, client, edit } from './client.ts';

/** The fields that the installation adds, with the version that is edited. */
export type CurrentFields = FieldSet & { version: number };

export type FieldChange = components['schemas']['FieldHistoryEntry'];

export const readFields = (): Promise<CurrentFields> => body(client.GET('/fields'));
export const fieldHistory = (): Promise<{ items: FieldChange[] }> => body(client.GET('/fields/history'));
export const changeFields = (set: FieldSet, headers: { key: string; version: number }): Promise<CurrentFields> =>
  body(client.PUT('/fields', { params: { header: edit(headers.key, headers.version) }, body: set }));
