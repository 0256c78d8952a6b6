import { z } from 'zod';

import { Count, Day, Id, LocalText, shown, Time } from './common.ts';

const Waiting = z
  .object({
    kind: shown(['approve', 'produce', 'resume', 'deliver', 'problem']),
    requestId: Id,
    number: z.string(),
    holder: z.string(),
    profile: LocalText,
    problem: z.string().nullable(),
    since: Time.nullable(),
    dueAt: Time.nullable(),
  })
  .meta({ id: 'Waiting' });

const figures = z.object({
  issuedToday: Count,
  pendingApproval: Count,
  running: Count,
  stopped: Count,
  activeDevices: Count,
  suspendedDevices: Count,
  offices: Count,
  officers: Count,
});

export const ServiceState = z
  .object({
    name: z.string(),
    state: shown(['ok', 'slow', 'down']),
    detail: z.string(),
    reason: z.string().optional().describe('Code of the trouble, as in problem documents'),
    waiting: Count.optional(),
  })
  .meta({ id: 'ServiceState' });

export const Home = z
  .object({
    waiting: z.array(Waiting),
    figures,
    issuedPerDay: z.array(z.object({ day: Day, desk: Count, bureau: Count, self: Count, virtual: Count })),
    byOffice: z.array(z.object({ unitId: Id, name: z.string(), value: Count })),
    services: z.array(ServiceState),
  })
  .meta({ id: 'Home' });
