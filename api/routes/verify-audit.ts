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
    if (!signer) throw failure('hsm_unavailable', 'The HSM has no audit key yet: nothing was sealed. Try again when the worker runs.');
    return verify(auditDb, db, signer.spki);
  },
});
