import { z } from 'zod';

import { provisioningModels } from '../../domain/profile.ts';
import { Count, Id, LocalText, Named, shown } from './common.ts';

export const DeviceProfileSummary = z
  .object({
    id: Id,
    code: z.string(),
    revision: z.int(),
    name: LocalText,
    model: shown(provisioningModels),
    slots: z.array(z.object({ name: z.string(), certificateProfile: z.string() })),
    approvalSteps: z.array(z.object({ name: z.string(), quorum: z.int() })),
  })
  .meta({ id: 'DeviceProfileSummary' });

export const StationCard = z.object({ card: z.string().nullable() }).meta({ id: 'StationCard' });

export const Station = z
  .object({
    id: Id,
    code: z.string(),
    name: z.string(),
    kind: shown(['virtual', 'keychain']),
    unit: Named,
    card: z.string().nullable().meta({ description: 'Serial in the reader of a virtual station; null when empty or not known' }),
    stock: Count,
    busy: z.boolean(),
  })
  .meta({ id: 'Station' });
