import type { Knex } from 'knex';

import type { Actor } from '../../domain/actor.ts';
import { isVisible } from './visible-to.ts';

export interface Change {
  type: 'request' | 'device';
  id: string;
}

/** True if the actor sees the row that changed: an event stream tells nobody more than the lists do. */
export const visibleChange = (knex: Knex, actor: Actor, { type, id }: Change): Promise<boolean> =>
  type === 'request'
    ? isVisible(knex, actor, 'request.read', { table: 'requests', id })
    : isVisible(knex, actor, 'device.read', { table: 'devices', id });
