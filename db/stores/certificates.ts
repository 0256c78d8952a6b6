import type { Knex } from 'knex';

import { system } from '../../domain/actor.ts';
import type { ActorRef } from '../../domain/actor.ts';
import { certificateMachine } from '../../domain/certificate-state.ts';
import type { CertificateState } from '../../domain/certificate-state.ts';
import { failure } from '../../domain/errors.ts';
import type { CertificateProfile } from '../../domain/profile.ts';
import { Certificate } from '../models/certificate.ts';
import { transaction } from '../transaction.ts';
import { activateCertificates } from './request-progress.ts';
import { found, isDuplicate, move } from './rows.ts';

export type PlannedCertificate = Pick<Certificate, 'id' | 'requestId' | 'deviceId' | 'slot' | 'profile' | 'ca'>;

export interface IssuedCertificate {
  id: string;
  der: Buffer;
  /** Lower-case hex. */
  serial: string;
  subject: string;
  notBefore: Date;
  notAfter: Date;
}

export type CertificateStore = ReturnType<typeof certificateStore>;

/** Certificates of devices: the intent is written before the CA is asked, so there is exactly one per device and slot. */
export const certificateStore = (knex: Knex) => ({
  /** The certificate of this slot, planned now if there was none. */
  plan: (plan: PlannedCertificate): Promise<Certificate> =>
    transaction(knex, system, async (trx) => {
      const clientRef = `${plan.deviceId}/${plan.slot}`;
      await Certificate.query(trx)
        .insert({ ...plan, clientRef, state: 'requested' })
        .onConflict(['deviceId', 'slot'])
        .ignore();
      return found(await Certificate.query(trx).findOne({ clientRef }), 'certificate');
    }),

  /** The order is about to go to the CA. `policy_violation` when the key has a certificate already. */
  async submitted({ id, csr, spkiSha256 }: { id: string; csr: Buffer; spkiSha256: Buffer }): Promise<void> {
    try {
      await settle(knex, { id, to: 'submitted', set: { csr, spkiSha256, problemDetail: null } });
    } catch (error) {
      if (!isDuplicate(error, 'certificates_key')) throw error;
      throw failure('policy_violation', 'This key has a certificate already: a key is certified once. Take another card.');
    }
  },

  issued: ({ id, ...set }: IssuedCertificate): Promise<void> => settle(knex, { id, to: 'issued', set: { ...set, problemDetail: null } }),

  /** The CA said no. */
  failed: ({ id, detail }: { id: string; detail: string }): Promise<void> =>
    settle(knex, { id, to: 'failed', set: { problemDetail: detail } }),

  /** No answer is known: it is asked again before anything else is done. */
  unknown: ({ id, detail }: { id: string; detail: string }): Promise<void> =>
    settle(knex, { id, to: 'unknown', set: { problemDetail: detail } }),

  /** Issued certificates of the device become active. */
  activate: ({ by, deviceId }: { by: ActorRef; deviceId: string }): Promise<void> =>
    transaction(knex, by, (trx) => activateCertificates(trx, deviceId)),

  get: async (id: string): Promise<Certificate> => found(await Certificate.query(knex).findById(id), 'certificate'),

  /** Whether a certificate of ours has this serial number of the CA. */
  has: async ({ ca, serial }: { ca: string; serial: string }): Promise<boolean> =>
    (await Certificate.query(knex).findOne({ ca, serial }).select('id')) !== undefined,

  ofDevice: (deviceId: string): Promise<Certificate[]> =>
    Certificate.query(knex).where({ deviceId }).orderBy('createdAt').orderBy('id').execute(),

  async profile(code: string): Promise<CertificateProfile> {
    return found(
      await knex('certificate_profiles').where({ code }).first<{ definition: CertificateProfile } | undefined>('definition'),
      'profile',
    ).definition;
  },
});

/** What a certificate is after this step or any later one: a report that comes again changes nothing. */
const later: Partial<Record<CertificateState, CertificateState[]>> = {
  submitted: ['issued', 'active', 'on_hold', 'revocation_pending', 'revoked', 'expired', 'superseded', 'failed'],
  issued: ['active', 'on_hold', 'revocation_pending', 'revoked', 'expired', 'superseded'],
};

const settle = (knex: Knex, { id, to, set }: { id: string; to: CertificateState; set: Partial<Certificate> }): Promise<void> =>
  transaction(knex, system, async (trx) => {
    const { state } = found(await Certificate.query(trx).findById(id).forUpdate(), 'certificate');
    if (later[to]?.includes(state)) return;
    await move(trx, { table: 'certificates', machine: certificateMachine, id, to, set: { ...set, stateSince: new Date() } });
  });
