import type { Knex } from 'knex';

import type { Finding } from '../stores/reconciliations.ts';

const limit = 1000;

/**
 * Where the ledger of an embedded CA, the independent witness of what was signed, and the certificates disagree; at most a thousand of each
 * kind. What is under way is left out: an order without a known answer, a change that the CA has not confirmed.
 */
export async function ledgerDifferences(knex: Knex): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const query of [orphans, unknown, otherStatus]) found.push(...(await knex.raw<{ rows: Finding[] }>(`${query} limit ${limit}`)).rows);
  return found;
}

const orphans = `
  select 'orphan_certificate' as what, l.ca || '/' || l.serial as "objectId", l.client_ref as label, c.state as "rowState",
         'signed by the CA, ' || l.status as "otherState"
  from ca_ledger l left join certificates c on c.client_ref = l.client_ref
  where l.certificate is not null and l.status <> 'revoked'
    and (c.id is null or c.state = 'failed' or (c.serial is not null and c.serial <> l.serial))`;

const unknown = `
  select 'certificate_not_in_ledger' as what, c.ca || '/' || c.serial as "objectId", c.client_ref as label, c.state as "rowState",
         'not in the ledger of the CA' as "otherState"
  from certificates c join cas on cas.code = c.ca and cas.kind = 'embedded'
  where c.serial is not null and not exists (select from ca_ledger l where l.ca = c.ca and l.serial = c.serial and l.certificate is not null)`;

const otherStatus = `
  select 'certificate_status' as what, c.ca || '/' || c.serial as "objectId", c.client_ref as label, c.state as "rowState",
         l.status || ' in the ledger of the CA' as "otherState"
  from certificates c join ca_ledger l on l.ca = c.ca and l.serial = c.serial
  where l.status <> (case c.state when 'issued' then 'good' when 'active' then 'good' when 'on_hold' then 'held' when 'revoked' then 'revoked'
                     else l.status end)
    and not exists (select from certificate_actions a where a.certificate_id = c.id and a.confirmed_at is null)`;
