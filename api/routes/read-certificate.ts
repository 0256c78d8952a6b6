import { certificateDetail } from '../../db/reads/certificates.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { CertificateDetail } from '../schemas/device.ts';

export const readCertificate = operation({
  method: 'get',
  path: '/certificates/{id}',
  summary: 'One certificate',
  permission: 'certificate.read',
  params: ById,
  response: CertificateDetail,
  handle: ({ params, actor }, { db }) => certificateDetail(db, actor, params.id),
});
