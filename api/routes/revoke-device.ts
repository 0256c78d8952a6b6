import { refOf } from '../../domain/actor.ts';
import { deviceDetail } from '../../db/reads/device-detail.ts';
import { assertVisible } from '../../db/reads/visible-to.ts';
import { revocationStore } from '../../db/stores/revocations.ts';
import { operation } from '../operation.ts';
import { startCertificateActions } from '../processes.ts';
import { ById } from '../schemas/common.ts';
import { DeviceDetail, RevocationInput } from '../schemas/device.ts';

export const revokeDevice = operation({
  method: 'post',
  path: '/devices/{id}/revocation',
  summary: 'Revoke a device and all its certificates, for ever',
  permission: 'device.revoke',
  stepUp: true,
  params: ById,
  body: RevocationInput,
  response: DeviceDetail,
  handle: async ({ params, body, actor }, services) => {
    await assertVisible(services.db, actor, 'device.revoke', { table: 'devices', id: params.id });
    const { actions } = await revocationStore(services.db).requestRevocation({ ...body, by: refOf(actor), deviceId: params.id });
    await startCertificateActions(services, actions);
    return deviceDetail(services.db, actor, params.id);
  },
});
