import { z } from 'zod';

import { shown, Time } from './common.ts';

export const KeyRotationInput = z
  .strictObject({
    /** `codes`: secret codes and PIN mailers; `payload`: what Temporal stores; `wrapping`: the HSM's key over both. */
    kind: z.enum(['codes', 'payload', 'wrapping']),
  })
  .meta({ id: 'KeyRotationInput' });

export const KeyRotation = z
  .object({
    kind: shown(['codes', 'payload', 'wrapping']),
    /** Id of the data key, or label of the wrapping key in the HSM. */
    key: z.string(),
    /** New values are encrypted with it from then on. */
    usableFrom: Time,
  })
  .meta({ id: 'KeyRotation' });
