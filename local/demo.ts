import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { apiClient } from '../cli/api-client.ts';
import type { Meta } from '../cli/api-types.ts';
import { inParallel } from '../domain/in-parallel.ts';
import { assembleCrew } from '../cli/issue/crew.ts';
import { noFields } from '../domain/field-definition.ts';
import { readPeople } from '../cli/issue/people-file.ts';
import { checkRows, type PersonRow } from '../cli/issue/person-row.ts';
import { operatorOf } from '../cli/operator.ts';
import { bringTo, type DemoContext, type DemoGoal } from './demo-goals.ts';
import { issueFirstCard } from './demo-first-card.ts';
import { root } from './paths.ts';

export interface DemoOptions {
  url: string;
  validationUrl: string;
  mailUrl: string;
  /** Told what happens, a line each. */
  say: (line: string) => void;
}

/** What becomes of the people of `demo-people.csv`, in their order. */
const goals: DemoGoal[] = [
  'active',
  'active',
  'pending_approval',
  'active',
  'draft',
  'produced',
  'active',
  'suspended',
  'pending_approval',
  'approved',
  'active',
  'delivered',
  'rejected',
  'active',
  'revoked',
  'draft',
  'produced',
  'active',
  'cancelled',
  'pending_approval',
  'delivered',
  'suspended',
  'approved',
  'revoked',
  'draft',
  'produced',
  'cancelled',
  'delivered',
  'approved',
  'pending_approval',
];

/**
 * Fills a new installation through the API, as people would: one request to an issued card, told step by step, and thirty holders in
 * different states. At a later start it finds all of it and changes nothing; what an interrupted start left half done is continued.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { url, mailUrl, say } = options;
  const meta = await apiClient({ url }).get<Meta>('/meta');
  const crew = await assembleCrew({ url, registrars: [], approvers: [], meta });
  const helpDesk = await operatorOf({ url, meta, login: undefined, role: 'HD' });
  const people = await demoPeople(crew.registrars);
  const context: DemoContext = { crew, helpDesk: helpDesk.client, portal: apiClient({ url }), mailUrl };
  await issueFirstCard({ ...options, crew, office: people[0]!.unit, profile: people[0]!.profile });
  await fill(context, people, say);
}

async function fill(context: DemoContext, people: readonly PersonRow[], say: (line: string) => void): Promise<void> {
  const started = performance.now();
  let done = 0;
  await inParallel([...people.entries()], { jobs: 8 }, async ([index, person]) => {
    if (await bringTo(goals[index] ?? 'draft', { ...person, reference: `demo-${index + 1}` }, context)) done += 1;
  });
  if (done > 0)
    say(`${done} more holders registered, their requests in different states (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}

async function demoPeople(registrars: Awaited<ReturnType<typeof assembleCrew>>['registrars']): Promise<PersonRow[]> {
  const [widest] = registrars.toSorted((a, b) => b.reach.size - a.reach.size);
  if (!widest) throw new Error('The demonstration has no registrar.');
  const { items: profiles } = await widest.client.get<{ items: PersonRow['profile'][] }>('/device-profiles');
  const rows = readPeople(readFileSync(join(root, 'local/demo-people.csv')));
  const { good, bad } = checkRows(rows, {
    units: widest.units,
    profiles,
    fields: noFields.set,
    today: new Date().toISOString().slice(0, 10),
  });
  if (bad.length > 0) throw new Error(`demo-people.csv, line ${bad[0]?.line ?? 0}: ${bad[0]?.errors[0]?.message ?? ''}`);
  return good;
}
