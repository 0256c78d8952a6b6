import type { Knex } from 'knex';

import type { DeviceProfile } from '../../domain/profile.ts';
import { keptPrepared } from '../kept-prepared.ts';
import type { Request } from '../models/request.ts';
import { found } from './rows.ts';

type Columns =
  | 'id'
  | 'number'
  | 'state'
  | 'version'
  | 'model'
  | 'unitId'
  | 'holderId'
  | 'registeredBy'
  | 'data'
  | 'profileId'
  | 'approval'
  | 'round'
  | 'deviceId'
  | 'waitsFor'
  | 'deadlineAt'
  | 'workflowState';

/** What the steps of a request's workflow need to know. */
export interface RequestForWork extends Pick<Request, Columns> {
  unitName: string;
  /** Given and family name. */
  holderName: string;
  holderLocale: 'it' | 'en';
  /** The registered address of now, not of the approval: where mails go. */
  holderEmail: string;
  /** Where the activation code goes: the address of now, unless somebody who leads this request set it alone; then the approved one. */
  codeEmail: string;
  profile: DeviceProfile;
  /** Operators who may not decide: who registered it, who amended it, whom it is for. */
  excluded: string[];
}

const columns = [
  'r.id',
  'r.number',
  'r.state',
  'r.version',
  'r.model',
  'r.unit_id',
  'r.holder_id',
  'r.registered_by',
  'r.data',
  'r.profile_id',
  'r.approval',
  'r.round',
  'r.device_id',
  'r.waits_for',
  'r.deadline_at',
  'r.workflow_state',
  'u.name as unit_name',
  'h.locale as holder_locale',
  'h.email as holder_email',
  'p.definition as profile',
];

/** Operators who may not decide on the request `r` of a query. */
export const excludedSql = `array(
  select r.registered_by union select m.operator_id from amendments m where m.request_id = r.id and m.applied_at is not null
  union select o.id from operators o where o.tax_code = r.data ->> 'taxCode')`;

/** Where the activation code of the request `r` of the holder `h` goes. */
export const codeEmailSql = `case when h.email_set_by in (r.registered_by, r.submitted_by, r.delivered_by) then r.data ->> 'email' else h.email end`;

/** Reads the request as its workflow needs it; `not_found` if there is none. */
export async function loadRequest(knex: Knex, id: string): Promise<RequestForWork> {
  const row = await knex('requests as r')
    .join('units as u', 'u.id', 'r.unit_id')
    .join('holders as h', 'h.id', 'r.holder_id')
    .join('device_profiles as p', 'p.id', 'r.profile_id')
    .where('r.id', id)
    .options(keptPrepared('request_for_work'))
    .first<RequestForWork | undefined>(
      ...columns,
      knex.raw(`(r.data ->> 'givenName') || ' ' || (r.data ->> 'familyName') as holder_name`),
      knex.raw(`${excludedSql} as excluded`),
      knex.raw(`${codeEmailSql} as code_email`),
    );
  return found(row, 'request');
}
