import { body, client } from './client.ts';
import type { Page, Unit, UnitFilter } from './types.ts';

export const listUnits = (query: UnitFilter): Promise<Page<Unit>> => body(client.GET('/units', { params: { query } }));

/** Every unit that I see, page by page. */
export async function allUnits(): Promise<Unit[]> {
  const units: Unit[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page: Page<Unit> = await listUnits({ limit: 200, ...(cursor && { cursor }) });
    units.push(...page.items);
    cursor = page.next;
  }
  return units;
}
