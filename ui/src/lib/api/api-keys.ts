import { body, client, write } from './client.ts';
import type { ApiKey, ApiKeyInput, NewApiKey, Page } from './types.ts';

export const listApiKeys = (query: { cursor?: string }): Promise<Page<ApiKey>> => body(client.GET('/api-keys', { params: { query } }));
/** The key is in the answer and nowhere else. */
export const createApiKey = (input: ApiKeyInput, key: string): Promise<NewApiKey> =>
  body(client.POST('/api-keys', { params: { header: write(key) }, body: input }));
export const revokeApiKey = (id: string, key: string): Promise<unknown> =>
  body(client.POST('/api-keys/{id}/revocation', { params: { path: { id }, header: write(key) } }));
