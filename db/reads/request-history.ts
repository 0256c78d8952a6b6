import type { Knex } from 'knex';

import { iso, type WholeRequestRow } from './requests.ts';

export interface HistoryEntry {
  at: string;
  kind: string;
  by: { kind: string; name: string };
  detail: string | null;
}

/** What happened to a request, newest first. A table or column names who did it; the audit has the rest. */
export async function requestHistory(knex: Knex, row: WholeRequestRow): Promise<HistoryEntry[]> {
  const { rows } = (await knex.raw(history, { id: row.id })) as { rows: Record<string, unknown>[] };
  return rows.map((h) => ({
    at: iso(h.at) ?? '',
    kind: h.kind as string,
    by: { kind: h.by_kind as string, name: (h.name as string | null) ?? 'smartCMS' },
    detail: (h.detail as string | null) || null,
  }));
}

const history = `
  with entry (at, kind, by_kind, by_id, detail) as (
    select created_at, 'registered', 'operator', registered_by::text, reference from requests where id = :id
    union all select submitted_at, 'submitted', 'operator', coalesce(submitted_by, registered_by)::text, null from requests where id = :id
    union all select decided_at, case verdict when 'approve' then 'approved' else 'rejected' end, 'operator', operator_id::text, comment
      from approvals where request_id = :id
    union all select coalesce(applied_at, created_at), 'amended', 'operator', operator_id::text, reason from amendments where request_id = :id
    union all select p.started_at, 'production_started', 'operator', p.started_by::text, d.serial
      from productions p join devices d on d.id = p.device_id where p.request_id = :id
    union all select ended_at, case state when 'spoiled' then 'spoiled' else 'produced' end, 'system', null, ending_reason
      from productions where request_id = :id
    union all select delivered_at, 'delivered', 'operator', delivered_by::text, null from requests where id = :id
    union all select activated_at, 'activated', 'holder', holder_id::text, null from requests where id = :id
    union all select closed_at, state, coalesce(closed_by_kind, 'system'), closed_by, closing_reason from requests where id = :id
  )
  select e.at, e.kind, e.by_kind, e.detail,
         coalesce(o.given_name || ' ' || o.family_name, h.given_name || ' ' || h.family_name) as name
  from entry e
  left join operators o on e.by_kind = 'operator' and o.id::text = e.by_id
  left join holders h on e.by_kind = 'holder' and h.id::text = e.by_id
  where e.at is not null
  order by e.at desc`;
