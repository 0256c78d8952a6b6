import { body, client } from './client.ts';
import type { HolderFilter, HolderRow, Page } from './types.ts';

export const listHolders = (query: HolderFilter): Promise<Page<HolderRow>> => body(client.GET('/holders', { params: { query } }));

/** Where the browser gets the same people as a file. */
export function exportAddress({ search, field = [] }: HolderFilter): string {
  const query = new URLSearchParams([...(search ? [['search', search]] : []), ...field.map((choice) => ['field', choice])]).toString();
  return `/api/holders/export${query ? `?${query}` : ''}`;
}
