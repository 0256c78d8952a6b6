import { body, client, edit, write } from './client.ts';
import type { Page, Unit, UnitDetail, UnitFilter, UnitInput, UnitLabels, UnitOpening } from './types.ts';

interface Seen {
  key: string;
  /** The version that was on the screen. */
  version: number;
}
const of = (id: string, { key, version }: Seen) => ({ params: { path: { id }, header: edit(key, version) } });

export const listUnits = (query: UnitFilter): Promise<Page<Unit>> => body(client.GET('/units', { params: { query } }));
export const listUnitLabels = (): Promise<UnitLabels> => body(client.GET('/unit-labels'));
export const getUnit = (id: string): Promise<UnitDetail> => body(client.GET('/units/{id}', { params: { path: { id } } }));
export const createUnit = (parentId: string, unit: UnitInput, key: string): Promise<UnitDetail> =>
  body(client.POST('/units', { params: { header: write(key) }, body: { ...unit, parentId } }));
export const updateUnit = (id: string, unit: UnitInput, seen: Seen): Promise<UnitDetail> =>
  body(client.PATCH('/units/{id}', { ...of(id, seen), body: unit }));
export const moveUnit = (id: string, parentId: string, seen: Seen): Promise<UnitDetail> =>
  body(client.POST('/units/{id}/move', { ...of(id, seen), body: { parentId } }));
export const openUnit = (id: string, times: UnitOpening, seen: Seen): Promise<UnitDetail> =>
  body(client.POST('/units/{id}/opening', { ...of(id, seen), body: times }));
export const closeUnit = (id: string, seen: Seen): Promise<UnitDetail> => body(client.POST('/units/{id}/closing', of(id, seen)));

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
