import { z } from 'zod';

import { certificateStates } from '../../domain/certificate-state.ts';
import { deviceStates, holdCauses, revocationCauseNames } from '../../domain/device-state.ts';
import { By, Comment, Count, Id, LocalText, Named, Page, Search, several, shown, Time } from './common.ts';

export const HoldInput = z.strictObject({ cause: z.enum(holdCauses), comment: Comment }).meta({ id: 'HoldInput' });
export const RevocationInput = z.strictObject({ cause: z.enum(revocationCauseNames), comment: Comment }).meta({ id: 'RevocationInput' });

export const DeviceQuery = z.strictObject({
  state: several(deviceStates),
  unitId: Id.optional(),
  search: Search,
  sort: z.enum(['-updatedAt', 'serial']).default('-updatedAt'),
  ...Page,
});

export const DeviceSummary = z
  .object({
    id: Id,
    serial: z.string(),
    holder: Named.nullable(),
    unit: Named,
    profile: z.object({ id: Id, name: LocalText }).nullable(),
    state: shown(deviceStates),
    stateSince: Time,
    producedAt: Time.nullable(),
    holds: Count.meta({ description: 'Open holds' }),
    pending: z.boolean().meta({ description: 'A change of a certificate is not yet confirmed and published' }),
    version: z.int(),
  })
  .meta({ id: 'DeviceSummary' });

export const Hold = z
  .object({
    id: Id,
    cause: shown(holdCauses),
    comment: z.string(),
    placedBy: By,
    placedAt: Time,
    liftedBy: By.nullable(),
    liftedAt: Time.nullable(),
  })
  .meta({ id: 'Hold' });

const CertificateAction = z
  .object({
    kind: shown(['suspension', 'reactivation', 'revocation']),
    reason: z.string(),
    requestedAt: Time,
    requestedBy: By,
    confirmedAt: Time.nullable(),
    publishedAt: Time.nullable(),
    crlNumber: Count.nullable(),
    problem: z.string().nullable(),
    nextAttemptAt: Time.nullable(),
  })
  .meta({ id: 'CertificateAction' });

export const Certificate = z
  .object({
    id: Id,
    slot: z.string(),
    profile: z.string(),
    serial: z.string().nullable(),
    subject: z.string().nullable(),
    notBefore: Time.nullable(),
    notAfter: Time.nullable(),
    state: shown(certificateStates),
    stateSince: Time,
    actions: z.array(CertificateAction),
  })
  .meta({ id: 'Certificate' });

export const CertificateDetail = z
  .object({
    ...Certificate.shape,
    ca: z.string(),
    revocationReason: z.string().nullable(),
    device: z.object({ id: Id, serial: z.string() }),
    request: z.object({ id: Id, number: z.string() }),
  })
  .meta({ id: 'CertificateDetail' });

export const DeviceDetail = z
  .object({
    ...DeviceSummary.omit({ holds: true }).shape,
    holds: z.array(Hold),
    certificates: z.array(Certificate),
    request: z.object({ id: Id, number: z.string() }).nullable(),
    may: z.object({ suspend: z.boolean(), reactivate: z.boolean(), revoke: z.boolean() }),
  })
  .meta({ id: 'DeviceDetail' });
