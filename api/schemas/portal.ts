import { z } from 'zod';

import { deviceStates } from '../../domain/device-state.ts';
import { Hold } from './device.ts';
import { NewPassword } from './account.ts';
import { Id, LocalText, shown, Time } from './common.ts';

export const ActivationInput = z
  .strictObject({
    serial: z
      .string()
      .transform((s) => s.replaceAll(/[ -]/g, ''))
      .pipe(z.string().regex(/^\d{16}$/, 'The card number has 16 digits')),
    code: z
      .string()
      .transform((s) => s.replaceAll(/[ -]/g, '').toUpperCase())
      .pipe(z.string().min(1).max(40)),
    pin: z.string().max(16),
    password: NewPassword,
  })
  .meta({ id: 'ActivationInput' });

const PortalCertificate = z
  .object({ id: Id, slot: z.string(), profile: z.string(), state: z.string(), notBefore: Time.nullable(), notAfter: Time.nullable() })
  .meta({ id: 'PortalCertificate' });

export const PortalDevice = z
  .object({
    id: Id,
    serial: z.string(),
    profile: LocalText.nullable(),
    state: shown(deviceStates),
    stateSince: Time,
    certificates: z.array(PortalCertificate),
    holds: z.array(Hold.pick({ id: true, cause: true, comment: true, placedAt: true, liftedAt: true })),
    may: z.object({ suspend: z.boolean() }),
  })
  .meta({ id: 'PortalDevice' });
