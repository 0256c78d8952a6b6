import type { Knex } from 'knex';

import type { GroupRole, SourceSettings } from '../../domain/identity-source.ts';
import type { IdentitySourceKind } from '../../domain/identity-source-kind.ts';
import { notFound } from './visible-to.ts';

/** A source as sign-in needs it; whoever calls opens the secret. */
export interface IdentitySource {
  id: string;
  name: string;
  configuration: SourceSettings;
  linksByEmail: boolean;
  enabled: boolean;
  secret: Buffer | null;
  secretKeyId: string | null;
  mapping: GroupRole[];
}

/** Sources of this kind that people sign in through, in the order of their names. */
export const enabledSources = async (knex: Knex, kind: IdentitySourceKind): Promise<IdentitySource[]> =>
  ((await knex('identity_sources').where({ kind, enabled: true }).orderBy('name')) as Row[]).map(toSource);

/** What the sign-in page offers. */
export const offeredSources = (knex: Knex): Promise<{ id: string; name: string }[]> =>
  knex('identity_sources').where({ enabled: true }).whereNot({ kind: 'ldap' }).orderBy('name').select('id', 'name');

/** A source, enabled or not; `not_found` when there is none. */
export async function sourceById(knex: Knex, id: string): Promise<IdentitySource> {
  const row = (await knex('identity_sources').where({ id }).first()) as Row | undefined;
  if (!row) throw notFound();
  return toSource(row);
}

interface Row extends Omit<IdentitySource, 'configuration'> {
  kind: IdentitySourceKind;
  settings: SourceSettings['settings'];
}

const toSource = ({ id, name, kind, settings, linksByEmail, enabled, secret, secretKeyId, mapping }: Row): IdentitySource => ({
  ...{ id, name, linksByEmail, enabled, secret, secretKeyId, mapping },
  configuration: { kind, settings } as SourceSettings,
});

/** All sources for who manages them, without their secrets. There are a few. */
export const listSources = async (knex: Knex) => (await shownRows(knex).orderBy('s.name')) as ShownRow[];

/** One of them. */
export async function sourceDetail(knex: Knex, id: string): Promise<ShownRow> {
  const row = (await shownRows(knex).where('s.id', id).first()) as ShownRow | undefined;
  if (!row) throw notFound();
  return row;
}

interface ShownRow {
  id: string;
  name: string;
  kind: IdentitySourceKind;
  settings: Record<string, unknown>;
  linksByEmail: boolean;
  enabled: boolean;
  version: number;
  hasSecret: boolean;
  people: string;
  mapping: (GroupRole & { unitName: string; unitCode: string })[];
}

const shownRows = (knex: Knex) =>
  knex('identity_sources as s').select('s.id', 's.name', 's.kind', 's.settings', 's.links_by_email', 's.enabled', 's.version', {
    hasSecret: knex.raw('s.secret is not null'),
    people: knex.raw('(select count(*) from accounts where identity_source_id = s.id)'),
    mapping: knex.raw(
      `(select coalesce(json_agg(m || jsonb_build_object('unitName', u.name, 'unitCode', u.code) order by n), '[]')
        from jsonb_array_elements(s.mapping) with ordinality as e (m, n) left join units u on u.id = (m ->> 'unitId')::uuid)`,
    ),
  });
