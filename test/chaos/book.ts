import type { Knex } from 'knex';

import type { Acknowledged, Ending } from './life.ts';

/** The state of request and device that each ending leads to. */
const expected: Record<Ending, { request: string; device: RegExp; holds: number }> = {
  produced: { request: 'produced', device: /^personalised$/, holds: 0 },
  delivered: { request: 'delivered', device: /^delivered$/, holds: 0 },
  suspended: { request: 'delivered', device: /^suspended$/, holds: 1 },
  reactivated: { request: 'delivered', device: /^delivered$/, holds: 0 },
  revoked: { request: 'delivered', device: /^revoked$/, holds: 0 },
  active: { request: 'closed', device: /^active$/, holds: 0 },
  'active, suspended': { request: 'closed', device: /^suspended$/, holds: 1 },
  'active, reactivated': { request: 'closed', device: /^active$/, holds: 0 },
  'active, revoked': { request: 'closed', device: /^revoked$/, holds: 0 },
  rejected: { request: 'rejected', device: /^none$/, holds: 0 },
  cancelled: { request: 'cancelled', device: /^none$/, holds: 0 },
  'cancelled in production': { request: 'cancelled', device: /^(none|in_stock|spoiled|revoked)$/, holds: 0 },
  'cancelled when produced': { request: 'cancelled', device: /^(spoiled|revoked)$/, holds: 0 },
};

interface Found {
  id: string;
  state: string;
  device: string | null;
  holds: number;
  placed: number;
}

/** Every answered request is there, in the state that was answered; there is none besides. */
export async function accounted(knex: Knex, acknowledged: readonly Acknowledged[]): Promise<string[]> {
  const { rows } = (await knex.raw(`
    select r.id, r.state, d.state as device,
           (select count(*)::int from device_holds h where h.device_id = d.id and h.lifted_at is null) as holds,
           (select count(*)::int from device_holds h where h.device_id = d.id) as placed
    from requests r left join devices d on d.request_id = r.id and d.id = coalesce(r.device_id, (select p.device_id from productions p where p.request_id = r.id order by p.started_at desc limit 1))`)) as {
    rows: Found[];
  };
  const found = new Map(rows.map((row) => [row.id, row]));
  const known = new Set(acknowledged.map(({ requestId }) => requestId));
  return [
    ...acknowledged.flatMap((ack) => deviation(ack, found.get(ack.requestId))),
    ...rows.filter(({ id }) => !known.has(id)).map(({ id, state }) => `request ${id} (${state}) was never answered to anybody`),
  ];
}

function deviation({ ending, requestId }: Acknowledged, found: Found | undefined): string[] {
  if (!found) return [`request ${requestId} (${ending}) is lost`];
  const { request, device, holds } = expected[ending];
  const asExpected = found.state === request && device.test(found.device ?? 'none') && found.holds === holds;
  const placed = /suspended$|reactivated$/.test(ending) ? 1 : 0;
  if (asExpected && found.placed === placed) return [];
  return [`request ${requestId} (${ending}) is ${found.state}, device ${found.device}, holds ${found.holds} of ${found.placed}`];
}

const working = `('delivered', 'active', 'suspended', 'personalised')`;

/** Each finds nothing when the book balances; a row names what is wrong. */
const checks: Record<string, string> = {
  'a card in use has not exactly one valid certificate in each of its two slots': `
    select d.id from devices d left join certificates c on c.device_id = d.id and c.state in ('issued', 'active', 'on_hold')
    where d.state in ${working} group by d.id having count(c.id) <> 2 or count(distinct c.slot) <> 2`,
  'a certificate of a suspended card is not on hold, or one of another is': `
    select c.id from certificates c join devices d on d.id = c.device_id
    where d.state in ${working} and (d.state = 'suspended') <> (c.state = 'on_hold')`,
  'a card that is not in use has a valid certificate': `
    select c.id from certificates c join devices d on d.id = c.device_id
    where d.state not in ${working} and c.state not in ('revoked', 'failed')`,
  'a certificate whose fate is not known': `select id from certificates where state in ('requested', 'submitted', 'unknown', 'revocation_pending')`,
  'the CA signed what has no certificate here': `
    select l.serial from ca_ledger l left join certificates c on c.ca = l.ca and c.serial = l.serial and c.der = l.certificate
    where l.certificate is not null and c.id is null`,
  'a certificate that the CA did not sign': `
    select c.id from certificates c left join ca_ledger l on c.ca = l.ca and c.serial = l.serial
    where c.serial is not null and l.certificate is null`,
  'the CA and the certificate tell different states': `
    select c.id from certificates c join ca_ledger l on c.ca = l.ca and c.serial = l.serial
    where l.status <> case c.state when 'on_hold' then 'held' when 'revoked' then 'revoked' else 'good' end`,
  'a key has two certificates': `select spki_sha256 from certificates group by 1 having count(*) > 1 and spki_sha256 is not null`,
  'a code was not assigned once': `
    select d.id from devices d cross join (values ('pin'), ('puk')) k (kind)
    where d.state in ${working} and (select count(*) from secret_codes s where s.device_id = d.id and s.kind = k.kind and s.state <> 'void') <> 1`,
  'a handed over card has not exactly one activation code': `
    select d.id from devices d where d.state in ('delivered', 'active', 'suspended') and
      (select count(*) from secret_codes s where s.device_id = d.id and s.kind = 'activation' and s.state <> 'void') <> 1`,
  'a code of a card that is not in use is not void': `
    select s.id from secret_codes s join devices d on d.id = s.device_id where d.state not in ${working} and s.state not in ('void', 'used')`,
  'a PIN mailer is missing, or there are two': `
    select d.id from devices d left join sealed_documents s on s.device_id = d.id
    where d.state in ${working} group by d.id having count(s.id) <> 1`,
  'a production is open': `select id from productions where state in ('running', 'stopped')`,
  'a card is half made': `select id from devices where state in ('reserved', 'personalising')`,
  'a spoiled card that no production spoiled': `
    select d.id from devices d where d.state = 'spoiled' and not exists (select from productions p where p.device_id = d.id and p.state = 'spoiled')`,
  'a change of a certificate is not finished': `select id from certificate_actions where published_at is null or workflow_state <> 'ended'`,
  'a workflow was not started': `select id from requests where workflow_state = 'pending_start'`,
  // A code that was void before its mail left is not sent.
  'a mail was not sent': `select id from mail_outbox where state = 'queued' or (state = 'refused' and template <> 'activation-code')`,
  'a person is registered twice': `select tax_code from holders group by 1 having count(*) > 1`,
  'a figure is wrong': `
    with counted as (select unit_id, name, sum(value) as n from (select unit_id, name, value from counters where name !~ '^issued'
           union all select unit_id, name, delta from counter_deltas where name !~ '^issued') x group by 1, 2),
         real as (select unit_id, 'requests:' || state as name, count(*) as n from requests group by 1, 2
           union all select unit_id, 'devices:' || state, count(*) from devices group by 1, 2)
    select coalesce(c.name, r.name) from counted c full join real r using (unit_id, name) where coalesce(c.n, 0) <> coalesce(r.n, 0)`,
};

/** The deviations that SQL can find. */
export async function balanced(knex: Knex): Promise<string[]> {
  const wrong: string[] = [];
  for (const [what, sql] of Object.entries(checks)) {
    const { rows } = (await knex.raw(sql)) as { rows: Record<string, unknown>[] };
    for (const row of rows.slice(0, 5)) wrong.push(`${what}: ${Object.values(row).map(String).join(' ')}`);
  }
  return wrong;
}
