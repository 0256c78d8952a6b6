import type { Knex } from 'knex';

export interface PopulationSize {
  /** Requests, each with its holder; nearly all with a device and two certificates. */
  requests: number;
}

/** Ids that the benchmark signs in as and asks for. */
export interface Population {
  offices: number;
  /** Logins: an approver of one division (a tenth of all), of one district (twenty offices), of several places, of one office, and somebody who sees everything. */
  logins: Record<(typeof askers)[number], string>;
}

const askers = ['division', 'district', 'several', 'office', 'all'] as const;

const DIVISIONS = 10;
const OFFICES_PER_DISTRICT = 20;
/** Offices grow with the requests: 10,000 units for a million. */
const REQUESTS_PER_OFFICE = 100;

/**
 * Fills an empty, migrated and seeded database with an organisation that has worked for three years: units, officers, holders, requests,
 * devices, certificates and the CA's ledger. Written by SQL without the row triggers, so there is no audit trail of it; the counters are made
 * as the triggers would have. Ids follow from the row's number, so every run has the same rows.
 */
export async function populate(knex: Knex, { requests }: PopulationSize): Promise<Population> {
  const offices = Math.max(DIVISIONS, Math.round(requests / REQUESTS_PER_OFFICE));
  await knex.transaction(async (trx) => {
    await trx.raw(`set local session_replication_role = replica`);
    const scripts = [units, officers, holders, requestRows, devices, certificates, ledger, counters];
    // a statement at a time: one with parameters may not be several
    for (const sql of scripts.flatMap((script) => script.split(';\n')).filter((text) => text.trim()))
      await trx.raw(sql, { offices, requests });
  });
  await knex.raw('vacuum analyze');
  return { offices, logins: Object.fromEntries(askers.map((who) => [who, `${who}@bench.example`])) as Population['logins'] };
}

/** The label of a unit's id in a path, made from a kind and a number; and an id, in the form of version 7 (RFC 9562). */
const label = (kind: string, n: string) => `overlay(overlay(md5('${kind}' || ${n}) placing '7' from 13) placing '8' from 17)`;
const id = (kind: string, n: string) => `${label(kind, n)}::uuid`;
/** The number of an office's district: of its division, and therein. */
const districtOf = (n: string) => `(${n} % ${DIVISIONS} || '-' || ${n} / ${DIVISIONS * OFFICES_PER_DISTRICT})`;
const districtPath = (n: string) =>
  `${label('org', '0')} || '.' || ${label('div', `(${n} % ${DIVISIONS})`)} || '.' || ${label('dis', districtOf(n))}`;
const officePath = (n: string) => `(${districtPath(n)} || '.' || ${label('off', n)})::ltree`;

const units = `
  insert into units (id, parent_id, kind, code, name, path) select ${id('org', '0')}, null, 'organization', 'B', 'Bench', ${label('org', '0')}::ltree;
  insert into units (id, parent_id, kind, code, name, path)
  select ${id('div', 'd')}, ${id('org', '0')}, 'division', 'BD' || d, 'Division ' || d, (${label('org', '0')} || '.' || ${label('div', 'd')})::ltree
  from generate_series(0, ${DIVISIONS} - 1) d;
  insert into units (id, parent_id, kind, code, name, path)
  select distinct ${id('dis', districtOf('o'))}, ${id('div', `(o % ${DIVISIONS})`)}, 'division', 'BD' || ${districtOf('o')}, 'District ' || ${districtOf('o')}, (${districtPath('o')})::ltree
  from generate_series(0, :offices - 1) o;
  insert into units (id, parent_id, kind, code, name, path)
  select ${id('off', 'o')}, ${id('dis', districtOf('o'))}, 'office', 'BO' || o, 'Office ' || o, ${officePath('o')}
  from generate_series(0, :offices - 1) o;
`;

/** A registrar in each office; then those who ask. */
const askersArray = `array['${askers.join("','")}']`;
const officers = `
  insert into operators (id, given_name, family_name, email)
  select ${id('ro', 'o')}, 'Registrar', 'Of office ' || o, 'ro' || o || '@bench.example' from generate_series(0, :offices - 1) o;
  insert into assignments (id, operator_id, role, unit_id, visibility)
  select ${id('as', 'o')}, ${id('ro', 'o')}, 'RO', ${id('off', 'o')}, 'own' from generate_series(0, :offices - 1) o;
  insert into operators (id, given_name, family_name, email)
  select ${id('who', 'w')}, 'Bench', w, w || '@bench.example' from unnest(${askersArray}) w;
  insert into assignments (id, operator_id, role, unit_id, visibility) values
    (${id('as', "'division'")}, ${id('who', "'division'")}, 'DO', ${id('div', '3')}, 'subtree'),
    (${id('as', "'district'")}, ${id('who', "'district'")}, 'DO', ${id('dis', districtOf('3'))}, 'subtree'),
    (${id('as', "'several-office'")}, ${id('who', "'several'")}, 'DO', ${id('off', '4')}, 'office'),
    (${id('as', "'several-district'")}, ${id('who', "'several'")}, 'DO', ${id('dis', districtOf('5'))}, 'subtree'),
    (${id('as', "'several-own'")}, ${id('who', "'several'")}, 'RO', ${id('off', '6')}, 'own'),
    (${id('as', "'office'")}, ${id('who', "'office'")}, 'DO', ${id('off', '3')}, 'office'),
    (${id('as', "'all'")}, ${id('who', "'all'")}, 'DO', ${id('org', '0')}, 'all');
  insert into accounts (id, login, password_hash, operator_id)
  select ${id('acc', 'w')}, w || '@bench.example', (select password_hash from accounts limit 1), ${id('who', 'w')}
  from unnest(${askersArray}) w;
`;

const people = `
  (select g, abs(hashint4(g)::bigint) % :offices as o,
     (array['Anna','Marco','Giulia','Luca','Elena','Paolo','Chiara','Davide','Sara','Andrea','Irene','Franco','Marta','Pietro','Lucia','Nicola'])[1 + g % 16] as given,
     (array['Rossi','Bianchi','Esposito','Romano','Colombo','Ricci','Marino','Greco','Bruno','Gallo','Conti','De Luca','Costa','Giordano','Mancini','Rizzo','Lombardi','Moretti','Barbieri'])[1 + (g / 16) % 19]
       || ' ' || upper(substr(md5('f' || g), 1, 4)) as family,
     upper(substr(md5('t' || g), 1, 16)) as tax,
     now() - (g * interval '1095 days' / :requests) as at,
     '2025-' || lpad(g::text, 7, '0') as number,
     case when g % 100 = 7 then 'pending_approval' when g % 200 = 13 then 'approved' when g % 400 = 21 then 'in_production'
          when g % 100 = 33 then 'produced' when g % 100 = 34 then 'delivered' when g % 100 = 35 then 'rejected' else 'closed' end as state
   from generate_series(1, :requests) g) p`;

const holders = `
  insert into holders (id, unit_id, given_name, family_name, birth_date, birth_place, tax_code, email, document, registered_by, created_at, updated_at)
  select ${id('h', 'g')}, ${id('off', 'o')}, given, family, date '1985-12-10', 'Bologna', tax, 'h' || g || '@bench.example',
    '{"kind":"passport","number":"YA1234567","issuer":"Questura di Bologna","expiresOn":"2036-01-01"}', ${id('ro', 'o')}, at, at from ${people};
`;

const requestRows = `
  insert into requests (id, number, holder_id, unit_id, unit_path, profile_id, model, state, registered_by, data, search, waits_for, waiting_since,
    workflow_state, device_id, created_at, updated_at, produced_at)
  select ${id('r', 'g')}, number, ${id('h', 'g')}, ${id('off', 'o')}, ${officePath('o')}, (select id from device_profiles where code = 'staff-card'), 'desk', state,
    ${id('ro', 'o')}, jsonb_build_object('givenName', given, 'familyName', family, 'birthDate', '1985-12-10', 'birthPlace', 'Bologna', 'taxCode', tax,
      'email', 'h' || g || '@bench.example', 'document', '{"kind":"passport","number":"YA1234567","issuer":"Questura di Bologna","expiresOn":"2036-01-01"}'::jsonb),
    lower(given || ' ' || family || ' ' || tax || ' ' || number),
    case state when 'pending_approval' then 'approval' when 'approved' then 'production' when 'produced' then 'delivery' when 'delivered' then 'activation' end,
    case when state in ('pending_approval', 'approved', 'produced', 'delivered') then at end,
    case when state in ('closed', 'rejected') then 'ended' else 'started' end,
    case when state in ('in_production', 'produced', 'delivered', 'closed') then ${id('d', 'g')} end, at, at + interval '1 hour',
    case when state in ('produced', 'delivered', 'closed') then at + interval '1 hour' end
  from ${people};
`;

const devices = `
  insert into devices (id, serial, profile_id, request_id, holder_id, unit_id, unit_path, registered_by, state, search, produced_at, state_since, created_at, updated_at)
  select ${id('d', 'g')}, '7090' || lpad(g::text, 12, '0'), (select id from device_profiles where code = 'staff-card'), ${id('r', 'g')}, ${id('h', 'g')},
    ${id('off', 'o')}, ${officePath('o')}, ${id('ro', 'o')},
    case state when 'in_production' then 'personalising' when 'produced' then 'personalised' when 'delivered' then 'delivered'
      else case when g % 50 = 1 then 'suspended' when g % 10 = 2 then 'revoked' else 'active' end end,
    lower('7090' || lpad(g::text, 12, '0') || ' ' || given || ' ' || family || ' ' || tax), at + interval '1 hour', at, at, at + interval '1 hour'
  from ${people} where state in ('in_production', 'produced', 'delivered', 'closed');
`;

/** One certificate row and one entry of the CA's ledger a device: their contents are random bytes of the right length, as nobody opens them here. */
const certificates = `
  insert into certificates (id, request_id, device_id, slot, profile, ca, client_ref, spki_sha256, serial, subject, not_before, not_after, der, state, state_since, created_at)
  select ${id('c', 'g')}, ${id('r', 'g')}, ${id('d', 'g')}, 'authentication', 'authentication', 'main', 'bench:' || g, sha256(('k' || g)::bytea), md5('s' || g),
    'CN=' || given || ' ' || family, at, at + interval '3 years', decode(repeat(md5('x' || g), 18), 'hex'),
    case when g % 50 = 1 then 'on_hold' when g % 10 = 2 then 'revoked' else 'active' end, at, at
  from ${people} where state in ('produced', 'delivered', 'closed');
`;
const ledger = `
  insert into ca_ledger (ca, serial, client_ref, order_hash, not_after, certificate, status, reason, status_since, change)
  select 'main', serial, client_ref, spki_sha256, not_after, der, case state when 'on_hold' then 'held' when 'revoked' then 'revoked' else 'good' end,
    case state when 'on_hold' then 'certificateHold' when 'revoked' then 'keyCompromise' end, state_since,
    case when state <> 'active' then row_number() over () end
  from certificates where client_ref like 'bench:%';
`;
const counters = `
  delete from counter_deltas;
  insert into counters (unit_id, name, day, value)
  select unit_id, 'requests:' || state, '-infinity'::date, count(*) from requests group by 1, 2
  union all select unit_id, 'devices:' || state, '-infinity'::date, count(*) from devices group by 1, 2
  union all select unit_id, 'issued:' || model, (produced_at at time zone 'UTC')::date, count(*) from requests where produced_at is not null group by 1, 2, 3
  on conflict (name, day, unit_id) do update set value = excluded.value;
  insert into unit_totals (unit_id, name, day, value)
  select up.id, c.name, c.day, sum(c.value) from counters c join units u on u.id = c.unit_id join units up on up.path @> u.path group by 1, 2, 3;
  insert into unit_months (unit_id, value, until)
  select unit_id, sum(value), current_date from counters where name like 'issued:%' and day > current_date - 30 group by 1;
`;
