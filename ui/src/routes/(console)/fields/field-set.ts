import type { FieldDefinition, FieldSet } from '#domain/field-definition.ts';
import { named } from '#lib/i18n/format.ts';
import { i18n } from '#lib/i18n/i18n.svelte.ts';

export type Group = FieldSet['groups'][number];

/** One line about a field: what it is and where it stands. */
export function factsOf(field: FieldDefinition, set: FieldSet): string {
  const t = i18n.t.fields;
  const group = set.groups.find((g) => g.code === field.group);
  return [field.code, t.types[field.type], t.subjects[field.subject], ...(group ? [named(group.label)] : [])].join(', ');
}

interface Coded {
  code: string;
}

function inOrder<T extends Coded>(items: readonly T[], { code, step }: { code: string; step: number }): T[] {
  const next = [...items];
  const at = next.findIndex((item) => item.code === code);
  const [item] = next.splice(at, 1);
  if (item) next.splice(Math.max(0, at + step), 0, item);
  return next;
}

export const moved = (set: FieldSet, what: 'fields' | 'groups', move: { code: string; step: number }): FieldSet => ({
  ...set,
  [what]: inOrder<Coded>(set[what], move),
});

const replaced = <T extends Coded>(items: readonly T[], given: T, old?: T): T[] =>
  old ? items.map((item) => (item.code === old.code ? given : item)) : [...items, given];

export const withField = (set: FieldSet, given: FieldDefinition, old?: FieldDefinition): FieldSet => ({
  ...set,
  fields: replaced(set.fields, given, old),
});

export const withGroup = (set: FieldSet, given: Group, old?: Group): FieldSet => ({ ...set, groups: replaced(set.groups, given, old) });

/** Fields of a group that goes stand without one. */
export const without = (set: FieldSet, what: 'fields' | 'groups', code: string): FieldSet => ({
  groups: set.groups.filter((g) => what === 'fields' || g.code !== code),
  fields: set.fields
    .filter((f) => what === 'groups' || f.code !== code)
    .map((f) => (what === 'groups' && f.group === code ? { ...f, group: null } : f)),
});

/** A code made of a label: "Badge number" is `badgeNumber`. */
export const codeFrom = (label: string): string =>
  label
    .normalize('NFD')
    .replace(/[^\w\s]/g, '')
    .trim()
    .toLowerCase()
    .replace(/[\s_]+(\w)/g, (_, letter: string) => letter.toUpperCase())
    .replace(/^[^a-z]+/, '')
    .slice(0, 40);
