import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';

import { system } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { rolesOf, type Identity } from '../../domain/identity-source.ts';
import { OperatorData } from '../../domain/operator.ts';
import type { IdentitySource } from '../reads/identity-sources.ts';
import { recordEvent, transaction } from '../transaction.ts';

interface Entering {
  source: Pick<IdentitySource, 'id' | 'linksByEmail' | 'mapping'>;
  identity: Identity;
}

interface Known {
  accountId: string;
  operatorId: string;
}

/** People as identity sources tell of them. */
export const identityStore = (knex: Knex) => ({
  /**
   * The account of somebody who proved to a source who they are; made, or linked to the operator with this e-mail address, when they come the first
   * time. The roles that the source gave before and gives no more end, also where none is left: then `source_refused`.
   */
  async enter(entering: Entering): Promise<{ accountId: string }> {
    const { accountId, hasRole } = await transaction(knex, system, async (trx) => {
      const { source, identity } = entering;
      await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`${source.id} ${identity.subject}`]);
      const known = (await accountOf(trx, entering)) ?? (await linked(trx, entering)) ?? (await created(trx, entering));
      await giveRoles(trx, known.operatorId, entering);
      return { accountId: known.accountId, hasRole: await hasAssignment(trx, known.operatorId) };
    });
    if (!hasRole) throw withoutRole();
    return { accountId };
  },
});

const withoutRole = () =>
  failure('source_refused', 'None of your groups has a role here. Ask an administrator to give one of them a role.');

const accountOf = (trx: Knex.Transaction, { source, identity }: Entering): Promise<Known | undefined> =>
  trx('accounts')
    .where({ identitySourceId: source.id, identitySubject: identity.subject })
    .first<Known | undefined>({ accountId: 'id', operatorId: 'operator_id' });

/** The operator with this address, who from now on signs in through the source and no longer with a password. */
async function linked(trx: Knex.Transaction, { source, identity }: Entering): Promise<Known | undefined> {
  const operator = await trx('operators').where({ email: identity.email }).first<{ id: string } | undefined>('id');
  if (!operator) return undefined;
  const account = await trx('accounts')
    .where({ operatorId: operator.id })
    .forUpdate()
    .first<{ id: string; identitySourceId: string | null } | undefined>('id', 'identity_source_id');
  if (!account || account.identitySourceId !== null || !source.linksByEmail || !identity.emailVerified)
    throw failure('source_refused', 'Somebody has your e-mail address here already. Ask an administrator.');
  await trx('accounts')
    .where({ id: account.id })
    .update({ identitySourceId: source.id, identitySubject: identity.subject, passwordHash: null });
  await recordEvent(trx, { kind: 'account_linked', objectType: 'accounts', objectId: account.id, detail: { source: source.id } });
  return { accountId: account.id, operatorId: operator.id };
}

async function created(trx: Knex.Transaction, { source, identity }: Entering): Promise<Known> {
  if (rolesOf(source.mapping, identity.groups).length === 0) throw withoutRole();
  const { email, givenName, familyName } = identity;
  const person = OperatorData.safeParse({ email, givenName: givenName || '-', familyName });
  if (!person.success)
    throw failure('source_refused', 'Your name or e-mail address is missing there or cannot be used here. Ask an administrator.');
  const known = { accountId: uuid(), operatorId: uuid() };
  if (await trx('accounts').where({ login: person.data.email }).first('id'))
    throw failure('source_refused', 'Somebody has your e-mail address here already. Ask an administrator.');
  await trx('operators').insert({ id: known.operatorId, ...person.data });
  await trx('accounts').insert({
    ...{ id: known.accountId, login: person.data.email, operatorId: known.operatorId },
    ...{ identitySourceId: source.id, identitySubject: identity.subject },
  });
  await recordEvent(trx, { kind: 'account_made', objectType: 'accounts', objectId: known.accountId, detail: { source: source.id } });
  return known;
}

/** Begins what the groups give now and ends what they gave. What administrators gave themselves stays as it is. */
async function giveRoles(trx: Knex.Transaction, operatorId: string, { source, identity }: Entering): Promise<void> {
  const roles = rolesOf(source.mapping, identity.groups);
  await trx('assignments')
    .where({ operatorId, identitySourceId: source.id })
    .whereRaw('(valid_until is null or valid_until > now())')
    .whereNotIn(
      ['role', 'unit_id'],
      roles.map(({ role, unitId }) => [role, unitId]),
    )
    .update({ validUntil: trx.raw('greatest(now(), valid_from)') });
  for (const role of roles) {
    const given = { visibility: role.visibility, validUntil: null, identitySourceId: source.id };
    await trx('assignments')
      .insert({ id: uuid(), operatorId, ...role, ...given })
      .onConflict(['operatorId', 'role', 'unitId'])
      .merge({ ...given, grantedBy: null })
      .whereRaw(
        `(assignments.valid_until <= now() or assignments.identity_source_id = ?)
         and (assignments.visibility, assignments.valid_until, assignments.identity_source_id) is distinct from (?, null::timestamptz, ?::uuid)`,
        [source.id, role.visibility, source.id],
      );
  }
}

/** By the clock, not the beginning of this transaction: another sign-in of the same person may have given them while this one waited. */
const hasAssignment = async (trx: Knex.Transaction, operatorId: string): Promise<boolean> =>
  (await trx('assignments')
    .where({ operatorId })
    .whereRaw('valid_from <= clock_timestamp() and (valid_until is null or valid_until > clock_timestamp())')
    .first('id')) !== undefined;
