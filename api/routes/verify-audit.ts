import { verifyAudit as verify } from '../../db/audit/verify.ts';
import { failure } from '../../domain/errors.ts';
import { operation } from '../operation.ts';
import { AuditVerification } from '../schemas/audit.ts';

export const verifyAudit = operation({
  method: 'get',
  path: '/audit/verification',
  summary: 'Checks every event and every seal of the audit, and names the first that is wrong',
  permission: 'audit.verify',
  response: AuditVerification,
  handle: async (_, { db, auditDb, hsm }) => {
    const signer = await hsm.signer('audit');
    if (!signer)
      throw failure(
        'hsm_key_missing',
        'The HSM does not hold the key of the audit. Connect the token that it was made in, then try again.',
      );
    return verify(auditDb, db, signer.spki);
  },
});
