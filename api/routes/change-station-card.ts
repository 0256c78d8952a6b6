import { z } from 'zod';

import { failure } from '../../domain/errors.ts';
import { assertVisible } from '../../db/reads/visible-to.ts';
import { stationStore } from '../../db/stores/stations.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { StationCard } from '../schemas/organisation.ts';
import { changeCard } from '../station-card.ts';

const serial = z.string().regex(/^\d{16}$/, 'A card number has 16 digits');

export const changeStationCard = operation({
  method: 'post',
  path: '/stations/{id}/card',
  summary: 'Put a card into the reader of a virtual station, or pull it (null)',
  permission: 'device.produce',
  params: ById,
  body: z.strictObject({ serial: serial.nullable() }).meta({ id: 'StationCardInput' }),
  response: StationCard,
  handle: async ({ params: { id }, body, actor, idempotencyKey }, services) => {
    await assertVisible(services.db, actor, 'device.produce', { table: 'stations', id });
    const station = await stationStore(services.db).get(id);
    if (station.kind !== 'virtual') throw failure('not_supported', 'This station has a real reader: put the card in by hand.');
    const change = body.serial === null ? { kind: 'pull' as const } : { kind: 'insert' as const, serial: body.serial };
    const { serial } = await changeCard(services, { stationId: id, change, call: idempotencyKey });
    return { card: serial };
  },
});
