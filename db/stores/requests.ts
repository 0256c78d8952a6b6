import type { Knex } from 'knex';

import { system } from '../../domain/actor.ts';
import type { ActorRef } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { fieldsOf, onlyOf, type VersionedFields } from '../../domain/field-definition.ts';
import type { Extra, HolderData } from '../../domain/holder.ts';
import type { DeviceProfile } from '../../domain/profile.ts';
import { requestMachine } from '../../domain/request-state.ts';
import type { RequestState } from '../../domain/request-state.ts';
import { Holder } from '../models/holder.ts';
import { Request } from '../models/request.ts';
import { transaction } from '../transaction.ts';
import { keepExtra } from './field-sets.ts';
import { dataOf, insertHolder, updateHolder } from './holders.ts';
import { openUnit } from './open-unit.ts';
import { loadRequest } from './request-for-work.ts';
import type { RequestForWork } from './request-for-work.ts';
import { found, move, operatorId, searchText } from './rows.ts';

export interface NewRequest {
  by: ActorRef;
  id: string;
  unitId: string;
  profileId: string;
  /** A registered person, or one to register (known by the tax code in the unit: then the data are brought up to date). */
  holder: { id: string } | { newId: string; data: HolderData; locale?: 'it' | 'en' };
  /** Values of the fields that are about the request. */
  extra: Extra;
  /** The definitions that all extra values were checked by. */
  fields: VersionedFields;
  reference?: string;
  submit?: boolean;
}

export interface CreatedRequest {
  id: string;
  number: string;
  state: RequestState;
  version: number;
  /** False when the unit has a request of this reference, or of this id: that one is returned. */
  created: boolean;
}

export type RequestStore = ReturnType<typeof requestStore>;

/** Requests from registration to the start of their workflow. */
export const requestStore = (knex: Knex) => ({
  /** Registers the request and, where needed, the person, in one transaction. */
  create: (input: NewRequest): Promise<CreatedRequest> =>
    transaction(knex, input.by, async (trx) => {
      const known = await knownRequest(trx, input);
      if (known) return created(known, false);
      const id = await insertRequest(trx, input, await holderOf(trx, input));
      if (id && input.submit) await submitRequest(trx, input.by, id);
      return created(found(await knownRequest(trx, input), 'request'), id !== undefined);
    }),

  /** From draft on; its workflow is to be started (`unstarted`) until `markStarted`. */
  submit: ({ by, id }: { by: ActorRef; id: string }): Promise<{ id: string; state: RequestState }> =>
    transaction(knex, by, (trx) => submitRequest(trx, by, id)),

  markStarted: ({ id }: { id: string }): Promise<void> => setWorkflow(knex, id, { from: ['pending_start'], to: 'started' }),

  markEnded: ({ id }: { id: string }): Promise<void> => setWorkflow(knex, id, { from: ['pending_start', 'started'], to: 'ended' }),

  /** Submitted requests whose workflow was not seen to start: a crash came in between. */
  unstarted: ({ olderThanSeconds, limit }: { olderThanSeconds: number; limit: number }): Promise<{ id: string }[]> =>
    knex('requests')
      .where({ workflowState: 'pending_start' })
      .whereRaw('updated_at <= now() - make_interval(secs => ?)', [olderThanSeconds])
      .orderBy('updatedAt')
      .limit(limit)
      .select<{ id: string }[]>('id'),

  load: (id: string): Promise<RequestForWork> => loadRequest(knex, id),
});

const created = ({ id, number, state, version }: Request, isNew: boolean): CreatedRequest => ({
  id,
  number,
  state,
  version,
  created: isNew,
});

const knownRequest = (trx: Knex, { id, unitId, reference }: NewRequest): Promise<Request | undefined> =>
  Request.query(trx)
    .where((q) => void (reference === undefined ? q.where({ id }) : q.where({ id }).orWhere({ unitId, reference })))
    .first()
    .execute();

async function holderOf(trx: Knex, { by, unitId, holder, fields }: NewRequest): Promise<Holder> {
  if ('id' in holder) return found(await Holder.query(trx).findOne({ id: holder.id, unitId }), 'person');
  const { newId, data, locale } = holder;
  const row = await insertHolder(trx, by, { id: newId, unitId, data, fields, ...(locale && { locale }) });
  return row.id === newId ? row : updateHolder(trx, { id: row.id, by }, { data, fields });
}

/** Undefined when another call with the same reference was faster. */
async function insertRequest(trx: Knex, input: NewRequest, holder: Holder): Promise<string | undefined> {
  const { by, id, unitId, profileId, reference, extra, fields } = input;
  const { definition, path } = await profileAndPath(trx, { profileId, unitId });
  const number = await nextNumber(trx);
  const data = { ...dataOf(holder), extra: onlyOf(fieldsOf(fields.set, 'holder'), holder.extra) };
  const rows = await trx('requests')
    .insert({
      ...{ id, number, unitId, unitPath: path, profileId, reference, holderId: holder.id, model: definition.model },
      ...{ state: 'draft', registeredBy: operatorId(by), data: JSON.stringify(data) },
      extra: JSON.stringify(extra),
      fieldSet: fields.version,
      search: searchText(holder.givenName, holder.familyName, holder.taxCode, number, reference),
    })
    .onConflict()
    .ignore()
    .returning<{ id: string }[]>('id');
  if (rows[0]) await keepExtra(trx, { subject: 'request', id, unitId, extra, fields });
  return rows[0]?.id;
}

async function profileAndPath(trx: Knex, { profileId, unitId }: { profileId: string; unitId: string }) {
  const profile = await trx('device_profiles')
    .where({ id: profileId, active: true })
    .first<{ definition: DeviceProfile } | undefined>('definition');
  if (!profile)
    throw failure('invalid_input', 'Choose a device profile that is in use.', [{ pointer: '/profileId', message: 'Not in use' }]);
  const unit = await openUnit(trx, unitId);
  if (!unit) throw failure('invalid_input', 'Choose an office that is in use.', [{ pointer: '/unitId', message: 'Not in use' }]);
  return { definition: profile.definition, path: unit.path };
}

async function nextNumber(trx: Knex): Promise<string> {
  const { rows } = await trx.raw<{ rows: { number: string }[] }>(
    `select to_char(now() at time zone 'UTC', 'YYYY') || '-' || lpad(n::text, greatest(6, length(n::text)), '0') as number
     from nextval('request_number') as n`,
  );
  return found(rows[0], 'number').number;
}

async function submitRequest(trx: Knex, by: ActorRef, id: string): Promise<{ id: string; state: RequestState }> {
  const present = found(await Request.query(trx).findById(id).forUpdate(), 'request');
  const submittedBefore = present.submittedAt !== null && present.closedAt === null;
  if (submittedBefore) return { id, state: present.state };
  const set = {
    submittedAt: new Date(),
    submittedBy: operatorId(by),
    workflowState: 'pending_start',
    waitsFor: 'system',
    waitingSince: new Date(),
  };
  await move(trx, { table: 'requests', machine: requestMachine, id, to: 'submitted', set });
  return { id, state: 'submitted' };
}

const setWorkflow = (knex: Knex, id: string, { from, to }: { from: string[]; to: string }): Promise<void> =>
  transaction(knex, system, async (trx) => {
    await trx('requests').where({ id }).whereIn('workflowState', from).update({ workflowState: to });
  });
