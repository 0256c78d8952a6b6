import { z } from 'zod';

import { listStations as read } from '../../db/reads/stations.ts';
import { operation } from '../operation.ts';
import { Station } from '../schemas/organisation.ts';
import { cardAt } from '../station-card.ts';

export const listStations = operation({
  method: 'get',
  path: '/stations',
  summary: 'Stations where I can make devices, with the card in the reader and the stock',
  permission: 'device.produce',
  response: z.object({ items: z.array(Station) }),
  handle: async ({ actor }, services) => {
    const stations = await read(services.db, actor);
    const items = stations.map(async (station) => ({
      ...station,
      card: station.kind === 'virtual' ? await cardAt(services, station.id) : null,
    }));
    return { items: await Promise.all(items) };
  },
});
