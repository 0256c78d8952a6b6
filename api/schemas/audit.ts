import { z } from 'zod';

import { text } from '../../domain/holder.ts';
import { Moment } from '../../domain/moment.ts';
import { Search, Count, Page, shown, Time } from './common.ts';

const operations = ['insert', 'update', 'delete', 'event'] as const;

export const AuditQuery = z.strictObject({
  from: Moment.optional(),
  to: Moment.optional(),
  objectType: text(60).optional(),
  objectId: text(100).optional(),
  operation: z.enum(operations).optional(),
  actorId: text(100).optional(),
  search: Search,
  ...Page,
});

const image = z.record(z.string(), z.unknown()).nullable();

export const AuditEvent = z
  .object({
    seq: Count,
    at: Time,
    actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    objectType: z.string(),
    objectId: z.string().nullable(),
    operation: shown(operations),
    before: image,
    after: image,
    detail: image,
    sealed: z.boolean(),
  })
  .meta({ id: 'AuditEvent' });

export const AuditVerification = z
  .object({
    ok: z.boolean(),
    events: Count,
    seals: Count,
    head: z.object({ seq: Count, hash: z.string() }).nullable(),
    firstWrong: z.object({ seq: Count, reason: z.string() }).nullable(),
    /** Breaks that were explained: a restore of one of the databases. The last hundred. */
    restores: z.array(z.object({ seq: Count, at: Time, known: Count, found: Count, reason: z.string() })),
    checkedAt: Time,
  })
  .meta({ id: 'AuditVerification' });
