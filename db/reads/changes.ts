import type { Knex } from 'knex';

import { permits, type Actor } from '../../domain/actor.ts';
import { ownership, visibleTo } from './visible-to.ts';

export interface Change {
  type: 'request' | 'device';
  id: string;
}

/** True if the actor sees the row that changed: an event stream tells nobody more than the lists do. */
export async function visibleChange(knex: Knex, actor: Actor, { type, id }: Change): Promise<boolean> {
  const permission = type === 'request' ? 'request.read' : 'device.read';
  if (!permits(actor, permission)) return false;
  const table = type === 'request' ? 'requests' : 'devices';
  const query = knex(table).where(`${table}.id`, id).first(`${table}.id`);
  return (await visibleTo(query, actor, permission, ownership(table))) !== undefined;
}
