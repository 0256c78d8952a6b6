import type { Knex } from 'knex';

import type { Presence } from '../db/presence.ts';

/** Ids of the stations whose readers this process could serve. */
export async function virtualStations(knex: Knex): Promise<string[]> {
  const rows = await knex('stations').where({ kind: 'virtual', active: true }).orderBy('code').select<{ id: string }[]>('id');
  return rows.map((row) => row.id);
}

export interface StationService {
  presence: Presence;
  stations: () => Promise<string[]>;
  begin: (stationId: string) => Promise<void>;
  /** Ends when nothing is done at the station any more. */
  end: (stationId: string) => Promise<void>;
}

/**
 * One round of sharing the stations among the worker processes. A reader has one card in it, so it is served by one process at a time: the
 * first that takes it, and when that one ends or loses its connection, the next. Also finds stations that are new.
 */
export function serveStations({ presence, stations, begin, end }: StationService): () => Promise<{ more: false }> {
  let name: string | undefined;
  const mine = new Set<string>();
  return async () => {
    const now = await presence.name();
    // A new name: the connection broke, and another process may have been quicker to take what was ours.
    const held = now === name ? mine : new Set<string>();
    for (const id of await stations()) {
      if (held.has(id)) continue;
      if (await presence.take(`station/${id}`)) {
        if (!mine.has(id)) await begin(id);
        mine.add(id);
      } else if (mine.delete(id)) await end(id);
    }
    name = now;
    return { more: false };
  };
}
