import type { Knex } from 'knex';

import { keptPrepared } from '../kept-prepared.ts';
import { iso, type WholeRequestRow } from './requests.ts';

export interface HistoryEntry {
  at: string;
  kind: string;
  by: { kind: string; name: string };
  detail: string | null;
}

/** What happened to a request, newest first. A table or column names who did it; the audit has the rest. */
export async function requestHistory(knex: Knex, row: WholeRequestRow): Promise<HistoryEntry[]> {
  const { rows } = (await knex.raw(history, { id: row.id }).options(keptPrepared('request_history'))) as {
    rows: Record<string, unknown>[];
  };
  return rows.map((h) => ({
    at: iso(h.at) ?? '',
    kind: h.kind as string,
    by: { kind: h.by_kind as string, name: (h.name as string | null) ?? 'smartCMS' },
    detail: (h.detail as string | null) || null,
  }));
}

/** By the ids as they are, not as text: two tables of a million are not read for ten names. */
const history = `
  with r as materialized (
    select created_at, registered_by, reference, submitted_at, submitted_by, delivered_at, delivered_by, activated_at, holder_id,
           closed_at, state, coalesce(closed_by_kind, 'system') as closed_by_kind, closed_by, closing_reason
    from requests where id = :id
  ), entry (at, kind, by_kind, by_id, detail) as (
    select created_at, 'registered', 'operator', registered_by, reference from r
    union all select submitted_at, 'submitted', 'operator', coalesce(submitted_by, registered_by), null from r
    union all select decided_at, case verdict when 'approve' then 'approved' else 'rejected' end, 'operator', operator_id, comment
      from approvals where request_id = :id
    union all select coalesce(applied_at, created_at), 'amended', 'operator', operator_id, reason from amendments where request_id = :id
    union all select p.started_at, 'production_started', 'operator', p.started_by, d.serial
      from productions p join devices d on d.id = p.device_id where p.request_id = :id
    union all select ended_at, case state when 'spoiled' then 'spoiled' else 'produced' end, 'system', null, ending_reason
      from productions where request_id = :id
    union all select delivered_at, 'delivered', 'operator', delivered_by, null from r
    union all select activated_at, 'activated', 'holder', holder_id, null from r
    union all select closed_at, state, closed_by_kind, case when closed_by_kind in ('operator', 'holder') then closed_by::uuid end, closing_reason from r
    union all select t.at, 'handed_over', t.by_kind, case t.by_kind when 'operator' then t.by_id::uuid end, f.name || ' → ' || u.name
      from request_transfers t join units f on f.id = t.from_unit_id join units u on u.id = t.to_unit_id where t.request_id = :id
  )
  select e.at, e.kind, e.by_kind, e.detail,
         coalesce(o.given_name || ' ' || o.family_name, h.given_name || ' ' || h.family_name) as name
  from entry e
  left join operators o on o.id = case e.by_kind when 'operator' then e.by_id end
  left join holders h on h.id = case e.by_kind when 'holder' then e.by_id end
  where e.at is not null
  order by e.at desc`;
