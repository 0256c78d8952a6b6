import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';

import type { ActorRef } from '../../domain/actor.ts';
import type { CertificateState } from '../../domain/certificate-state.ts';
import { Certificate } from '../models/certificate.ts';
import { CertificateAction } from '../models/certificate-action.ts';

/** An action whose workflow is to be started. */
export interface PlannedAction {
  id: string;
  certificateId: string;
  ca: string;
  kind: CertificateAction['kind'];
  n: number;
}

interface Plan {
  by: ActorRef;
  kind: CertificateAction['kind'];
  reason: string;
}

/** Writes the intent of one change per certificate, numbered within its kind. */
export async function planActions(trx: Knex, certificates: Certificate[], { by, kind, reason }: Plan): Promise<PlannedAction[]> {
  const planned: PlannedAction[] = [];
  for (const { id: certificateId, ca } of certificates) {
    const n = 1 + (await CertificateAction.query(trx).where({ certificateId, kind }).resultSize());
    const action = { id: uuid(), certificateId, kind, n };
    await CertificateAction.query(trx).insert({
      ...action,
      reason,
      requestedByKind: by.kind,
      requestedBy: by.kind === 'system' ? null : by.id,
    });
    planned.push({ ...action, ca });
  }
  return planned;
}

/** Certificates of a device in these states, locked in order, so that two actions at once come one after the other. */
export const lockCertificates = (trx: Knex, deviceId: string, states: readonly CertificateState[]): Promise<Certificate[]> =>
  Certificate.query(trx)
    .where({ deviceId })
    .whereIn('state', [...states])
    .orderBy('id')
    .forUpdate()
    .execute();

/** Every certificate of the device that is or may be in use is on its way to revocation; a second call makes nothing and returns what is planned. */
export async function revokeCertificates(
  trx: Knex,
  { deviceId, by, reason }: { deviceId: string; by: ActorRef; reason: string },
): Promise<PlannedAction[]> {
  const certificates = await lockCertificates(trx, deviceId, ['issued', 'active', 'on_hold']);
  await Certificate.query(trx)
    .patch({ state: 'revocation_pending', stateSince: new Date(), revocationReason: reason })
    .whereIn(
      'id',
      certificates.map((certificate) => certificate.id),
    );
  await planActions(trx, certificates, { by, kind: 'revocation', reason });
  return unfinishedActions(trx, deviceId, 'revocation');
}

/** Actions of this kind on the device's certificates that the CA has not confirmed. */
export const unfinishedActions = (trx: Knex, deviceId: string, kind: CertificateAction['kind']): Promise<PlannedAction[]> =>
  trx('certificate_actions as a')
    .join('certificates as c', 'c.id', 'a.certificate_id')
    .where({ 'c.device_id': deviceId, 'a.kind': kind })
    .whereNull('a.confirmed_at')
    .orderBy('a.id')
    .select<PlannedAction[]>('a.id', 'a.certificate_id', 'c.ca', 'a.kind', 'a.n');
