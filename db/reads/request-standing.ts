import type { Knex } from 'knex';

import type { Actor } from '../../domain/actor.ts';
import { notFound, ownership, visibleTo } from './visible-to.ts';

/** Where a request stands, for who watches it: enough to know whether its page must be read again. */
export interface RequestStanding {
  version: number;
  state: string;
  /** Whom or what it waits for now, or null. */
  waitsFor: string | null;
}

/** Reads it as the actor sees it; `not_found` when hidden. */
export async function requestStanding(knex: Knex, actor: Actor, id: string): Promise<RequestStanding> {
  const query = visibleTo(knex('requests'), actor, 'request.read', ownership('requests'));
  const columns = ['requests.version', 'requests.state', 'requests.waits_for'];
  const standing = (await query.where('requests.id', id).first(columns)) as RequestStanding | undefined;
  if (!standing) throw notFound();
  return standing;
}
