import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';

import { refOf, type Actor } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import type { GroupRole, SourceInput } from '../../domain/identity-source.ts';
import { transaction } from '../transaction.ts';
import { assertGrantable } from './assignments.ts';
import { found, isDuplicate } from './rows.ts';

/** A secret under a data key. */
export interface SealedSecret {
  secret: Buffer;
  secretKeyId: string;
}

interface Change {
  by: Actor;
  id: string;
  source: Omit<SourceInput, 'secret'>;
  /** Absent: as it was; null: none any more. */
  sealed: SealedSecret | null | undefined;
}

/** Directories and single sign-on. Who maps groups to roles gives these roles, so nobody maps to more than they could give to an operator. */
export const identitySourceStore = (knex: Knex) => ({
  create: ({ by, id, source, sealed }: Change): Promise<void> =>
    transaction(knex, refOf(by), async (trx) => {
      await assertMapping(trx, by, source.mapping);
      await orTaken(
        trx('identity_sources')
          .insert({ id, ...row(source), ...sealed })
          .onConflict('id')
          .ignore(),
      );
    }),

  /** `version_conflict` when somebody else changed it since. What the mapping gave before and still gives is not asked again. */
  update: ({ by, id, version, source, sealed }: Change & { version: number }): Promise<void> =>
    transaction(knex, refOf(by), async (trx) => {
      const before = found(
        await trx('identity_sources')
          .where({ id })
          .forUpdate()
          .first<{ version: number; kind: string; mapping: GroupRole[] } | undefined>(),
        'source',
      );
      if (before.version !== version) throw failure('version_conflict', 'Somebody else changed this source. Reload and edit again.');
      if (before.kind !== source.kind) throw failure('wrong_state', 'A source keeps its kind. Make another one.');
      await assertMapping(
        trx,
        by,
        source.mapping.filter((role) => !before.mapping.some((was) => isDeepStrictEqual(was, role))),
      );
      await orTaken(
        trx('identity_sources')
          .where({ id })
          .update({ ...row(source), ...(sealed === null ? { secret: null, secretKeyId: null } : sealed) }),
      );
    }),
});

async function assertMapping(trx: Knex.Transaction, by: Actor, mapping: readonly GroupRole[]): Promise<void> {
  for (const { role, unitId, visibility } of mapping)
    await assertGrantable(trx, by, { role, unitId, visibility, validFrom: null, validUntil: null });
}

const row = ({ name, kind, settings, linksByEmail, enabled, mapping }: Omit<SourceInput, 'secret'>) => ({
  ...{ name, kind, linksByEmail, enabled },
  settings: JSON.stringify(settings),
  mapping: JSON.stringify(mapping),
});

async function orTaken(write: PromiseLike<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw failure('duplicate', 'Another source has this name.', [{ pointer: '/name', message: 'In use' }]);
  }
}
