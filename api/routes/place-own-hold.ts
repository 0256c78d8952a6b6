import { refOf } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { portalDevices } from '../../db/reads/portal.ts';
import { holdStore } from '../../db/stores/holds.ts';
import { operation, type HolderActor } from '../operation.ts';
import { startCertificateActions } from '../processes.ts';
import { ById } from '../schemas/common.ts';
import { HoldInput } from '../schemas/device.ts';
import { PortalDevice } from '../schemas/portal.ts';
import type { Services } from '../services.ts';

export const placeOwnHold = operation({
  method: 'post',
  path: '/portal/devices/{id}/holds',
  summary: 'Suspend one of my devices',
  permission: 'own.suspend',
  params: ById,
  body: HoldInput,
  response: PortalDevice,
  handle: async ({ params: { id }, body, actor, newId }, services) => {
    await ownDevice(services, actor, id);
    const { actions } = await holdStore(services.db).requestHold({ ...body, by: refOf(actor), id: newId, deviceId: id });
    await startCertificateActions(services, actions);
    return ownDevice(services, actor, id);
  },
});

async function ownDevice({ db }: Services, actor: HolderActor, id: string) {
  const device = (await portalDevices(db, actor)).find((d) => d.id === id);
  if (!device) throw failure('not_found', 'This device is not yours.');
  return device;
}
