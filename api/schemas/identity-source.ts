import { z } from 'zod';

import { GroupRole, SourceInput as Input } from '../../domain/identity-source.ts';
import { identitySourceKinds } from '../../domain/identity-source-kind.ts';
import { Count, Id, shown } from './common.ts';

export const SourceInput = Input.meta({ id: 'SignInSourceInput' });

export const Source = z
  .object({
    id: Id,
    name: z.string(),
    kind: shown(identitySourceKinds),
    settings: z.record(z.string(), z.unknown()),
    hasSecret: z.boolean(),
    linksByEmail: z.boolean(),
    enabled: z.boolean(),
    mapping: z.array(
      GroupRole.extend({ unitName: z.string().nullable(), unitCode: z.string().nullable() }).meta({ id: 'SignInSourceRole' }),
    ),
    people: Count.meta({ description: 'How many accounts belong to it' }),
    version: z.int(),
  })
  .meta({ id: 'SignInSource' });

export const SourceTrial = z
  .strictObject({ login: z.string().min(1).max(200).optional(), password: z.string().min(1).max(200).optional() })
  .meta({ id: 'SignInSourceTrial' });

export const SourceVerdict = z
  .object({
    works: z.boolean(),
    problem: z.string().nullable().meta({ description: 'What is wrong, and what to look at' }),
    person: z
      .object({ name: z.string(), email: z.string(), groups: z.array(z.string()), roles: z.array(GroupRole.omit({ group: true })) })
      .nullable()
      .meta({ description: 'Whom the source knows by the user name and password that were tried' }),
  })
  .meta({ id: 'SignInSourceVerdict' });
