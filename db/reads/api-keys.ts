import type { Knex } from 'knex';

import type { Actor, Assignment } from '../../domain/actor.ts';
import { narrowed, type KeyState } from '../../domain/api-key.ts';
import type { OperatorId } from '../../domain/ids.ts';
import type { SeparationRule } from '../../domain/separation.ts';
import { assignmentsInForce, dutiesOf, operatorInForce, rulesInForce, type SignedIn } from './actor.ts';
import { onePage, toPage, type PageQuery, type SortKey } from './keyset.ts';
import { iso } from './requests.ts';
import { unitInForce } from './units-in-force.ts';
import { notFound, ownership, visibleTo } from './visible-to.ts';

const newestFirst: SortKey = { column: 'api_keys.created_at', id: 'api_keys.id', type: 'timestamptz', direction: 'desc' };

/** One page of the keys that the actor sees: their own, and those of the units they manage. */
export async function listApiKeys(knex: Knex, actor: Actor, page: PageQuery = {}) {
  const query = visibleTo(keyRows(knex), actor, 'api_key.manage', ownership('api_keys'));
  return toPage((await onePage(query, newestFirst, page)) as KeyRow[], page, toKey);
}

/** One key; `not_found` when hidden. */
export async function apiKeyDetail(knex: Knex, actor: Actor, id: string) {
  const query = visibleTo(keyRows(knex), actor, 'api_key.manage', ownership('api_keys'));
  const row = (await query.where('api_keys.id', id).first()) as KeyRow | undefined;
  if (!row) throw notFound();
  return toKey(row);
}

const keyRows = (knex: Knex): Knex.QueryBuilder =>
  knex('api_keys')
    .join('units', 'units.id', 'api_keys.unit_id')
    .join('operators', 'operators.id', 'api_keys.operator_id')
    .leftJoin('api_key_uses', 'api_key_uses.key_id', 'api_keys.id')
    .select('api_keys.*', {
      unitName: 'units.name',
      givenName: 'operators.given_name',
      familyName: 'operators.family_name',
      usedAt: 'api_key_uses.at',
      usedFrom: 'api_key_uses.address',
      state: knex.raw(`case when revoked_at is not null then 'revoked' when expires_at <= now() then 'expired' else 'active' end`),
    });

type KeyRow = Record<string, unknown>;

const toKey = (k: KeyRow) => ({
  id: k.id as string,
  prefix: k.prefix as string,
  name: k.name as string,
  owner: { id: k.operatorId as string, name: `${String(k.givenName)} ${String(k.familyName)}` },
  unit: { id: k.unitId as string, name: k.unitName as string },
  permissions: k.permissions as string[],
  networks: k.networks as string[],
  state: k.state as KeyState,
  createdAt: iso(k.createdAt),
  expiresAt: iso(k.expiresAt),
  lastUse: k.usedAt ? { at: iso(k.usedAt), address: k.usedFrom as string } : null,
});

/** A key that exists. It admits nobody unless the hash is that of the key shown, `ended` is null and the networks hold the caller's address. */
export interface KnownKey {
  id: string;
  hash: Buffer;
  networks: readonly string[];
  /** Why it is good for nothing any more. */
  ended: 'revoked' | 'expired' | 'owner_inactive' | 'unit_inactive' | null;
  signedIn: SignedIn;
}

/**
 * The key of this prefix with who stands behind it, made anew at every call as for sessions: what its owner loses, the key loses with the next call.
 * Undefined when there is none.
 */
export async function loadKeyActor(knex: Knex, prefix: string): Promise<KnownKey | undefined> {
  const row = (await knex('api_keys as k')
    .join('units as place', 'place.id', 'k.unit_id')
    .join('operators', 'operators.id', 'k.operator_id')
    .join('accounts', 'accounts.operator_id', 'operators.id')
    .leftJoin('api_key_uses', 'api_key_uses.key_id', 'k.id')
    .where('k.prefix', prefix)
    .first({
      ...{ id: 'k.id', hash: 'k.hash', permissions: 'k.permissions', networks: 'k.networks', unitPath: 'place.path' },
      ...{ accountId: 'accounts.id', operatorId: 'operators.id', locale: 'operators.locale', usedAt: 'api_key_uses.at' },
      name: knex.raw(`operators.given_name || ' ' || operators.family_name`),
      ended: knex.raw(ended),
      assignments: knex.raw(assignmentsInForce),
      rules: knex.raw(rulesInForce),
    })) as Row | undefined;
  if (!row) return undefined;
  const { id, hash, networks, ended: why, accountId, locale, operatorId, name } = row;
  const duties = dutiesOf(row);
  const assignments = narrowed(duties.assignments, row);
  const actor: Actor = { kind: 'operator', id: operatorId, name, ...duties, assignments, via: 'api_key', sessionId: id };
  return {
    id,
    hash,
    networks,
    ended: why,
    signedIn: { actor, accountId, locale, lastSeenAt: row.usedAt ?? new Date(0), methods: [], fresh: false },
  };
}

interface Row extends Pick<KnownKey, 'id' | 'hash' | 'networks' | 'ended'> {
  permissions: string[];
  unitPath: string;
  accountId: string;
  operatorId: OperatorId;
  locale: 'it' | 'en';
  name: string;
  usedAt: Date | null;
  assignments: Assignment[] | null;
  rules: SeparationRule[] | null;
}

const ended = `case
  when k.revoked_at is not null then 'revoked'
  when k.expires_at <= now() then 'expired'
  when not ${operatorInForce} then 'owner_inactive'
  when not (${unitInForce('place')}) then 'unit_inactive'
end`;
