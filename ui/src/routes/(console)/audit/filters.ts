import type { AuditEvent } from '#lib/api/types.ts';
import type { Filter } from '#lib/components/filters.ts';
import { i18n } from '#lib/i18n/i18n.svelte.ts';

/** What the audit can be narrowed by. Operators to choose from are those of the events shown: an auditor may not list operators. */
export const auditFilters = (rows: AuditEvent[] = []): Filter[] => {
  const t = i18n.t.audit;
  const choices = (labels: Record<string, string>) => Object.entries(labels).map(([value, label]) => ({ value, label }));
  const actors = new Map(rows.map((r) => [r.actor.id, actorName(r.actor)]));
  return [
    { kind: 'days', name: 'days', label: t.when },
    { kind: 'choice', name: 'objectType', label: t.objectType, options: choices(t.objects).sort((a, b) => a.label.localeCompare(b.label)) },
    { kind: 'choice', name: 'operation', label: t.operation, options: choices(t.operations) },
    { kind: 'choice', name: 'actorId', label: t.operator, options: choices(Object.fromEntries(actors)) },
    { kind: 'text', name: 'objectId', label: 'Id' },
  ];
};

/** A name where there is one; the system and the database are named by what they are. */
export const actorName = (actor: AuditEvent['actor']): string =>
  actor.kind === 'operator' || actor.kind === 'holder'
    ? actor.name
    : `${actor.kind === 'system' ? 'smartCMS' : actor.name} (${i18n.t.audit.actorKinds[actor.kind] ?? actor.kind})`;

/** What the object of an event is called in the trail: a number or serial that is in its images, else the start of its id. */
export function objectName(event: AuditEvent): string {
  const image = event.after ?? event.before ?? {};
  for (const field of ['number', 'serial', 'login', 'code', 'envelope', 'template', 'step', 'name']) {
    const value = image[field];
    if (typeof value === 'string') return value;
  }
  const id = event.objectId ?? '';
  return /^[0-9a-f-]{36}$/.test(id) ? id.slice(0, 13) : id;
}

/** What was done: the kind of an event that changed no row (a sign-in, a denial), else insert, modify or delete. */
export function operationName(event: AuditEvent): string {
  const kind = event.detail?.['kind'];
  const t = i18n.t.audit;
  if (event.operation !== 'event' || typeof kind !== 'string') return t.operations[event.operation] ?? event.operation;
  return t.eventKinds[kind] ?? kind.replaceAll('_', ' ');
}
