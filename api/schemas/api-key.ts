import { isIP } from 'node:net';

import { z } from 'zod';

import { keyPermissions, keyStates } from '../../domain/api-key.ts';
import { text } from '../../domain/holder.ts';
import { Moment } from '../../domain/moment.ts';
import type { Permission } from '../../domain/permissions.ts';
import { Id, Named, Time, shown } from './common.ts';

/** A network, or one address, which is the smallest network. */
const Network = z
  .union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()], 'An address or a network, such as 192.0.2.0/24')
  .transform((network) => (network.includes('/') ? network : `${network}/${isIP(network) === 4 ? 32 : 128}`));

export const ApiKeyInput = z
  .strictObject({
    name: text(100),
    unitId: Id,
    permissions: z.array(z.enum(keyPermissions as [Permission, ...Permission[]])).min(1, 'Choose at least one'),
    networks: z.array(Network).max(50).default([]).meta({ description: 'From where the key may be used; empty: from anywhere' }),
    expiresAt: Moment,
  })
  .meta({ id: 'ApiKeyInput' });

export const ApiKey = z
  .object({
    id: Id,
    prefix: z.string(),
    name: z.string(),
    owner: Named,
    unit: Named,
    permissions: z.array(z.string()),
    networks: z.array(z.string()),
    state: shown(keyStates),
    createdAt: Time,
    expiresAt: Time,
    lastUse: z.object({ at: Time, address: z.string() }).nullable(),
  })
  .meta({ id: 'ApiKey' });

export const NewApiKey = ApiKey.extend({ key: z.string().meta({ description: 'Shown here and never again' }) }).meta({ id: 'NewApiKey' });
