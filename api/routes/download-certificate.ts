import { certificateDer } from '../../db/reads/certificates.ts';
import { operation } from '../operation.ts';
import { Bytes, ById } from '../schemas/common.ts';

export const downloadCertificate = operation({
  method: 'get',
  path: '/certificates/{id}/pem',
  summary: 'One certificate as PEM',
  permission: 'certificate.read',
  params: ById,
  response: Bytes,
  responseType: 'application/x-pem-file',
  handle: async ({ params, actor }, { db }) => Buffer.from(pem(await certificateDer(db, actor, params.id))),
});

/** RFC 7468 5.1: lines of 64 characters. */
const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;
