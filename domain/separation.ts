import type { Permission } from './permissions.ts';

export const separationKinds = ['permissions', 'roles'] as const;

/** Two permissions, or two roles, that nobody holds together, wherever they hold them. Whoever does is left the first and loses the second. */
export interface SeparationRule {
  kind: (typeof separationKinds)[number];
  first: string;
  second: string;
}

/** A permission that a rule took, although an assignment gives it. */
export interface Withheld {
  permission: Permission;
  rule: SeparationRule;
}

/** An audit officer administers nothing and issues nothing; who administers the people does not approve what they do. */
export const shippedRules: readonly SeparationRule[] = [
  ...['operator.manage', 'role.manage', 'unit.manage', 'request.create', 'request.decide', 'device.produce', 'device.revoke'].map(
    (second) => ({ kind: 'permissions' as const, first: 'audit.read', second }),
  ),
  { kind: 'roles', first: 'DO', second: 'SA' },
];

/** A role that somebody has somewhere, with what it permits. */
interface Duty {
  role: string;
  permissions: readonly Permission[];
}

const isBroken = (duties: readonly Duty[], { kind, first, second }: SeparationRule): boolean => {
  const holds = (what: string) =>
    duties.some(({ role, permissions }) => (kind === 'roles' ? role === what : permissions.some((permission) => permission === what)));
  return holds(first) && holds(second);
};

/** The first rule that one person's duties break together. */
export const conflictIn = (duties: readonly Duty[], rules: readonly SeparationRule[]): SeparationRule | undefined =>
  rules.find((rule) => isBroken(duties, rule));

const takes = ({ kind, second }: SeparationRule, role: string, permission: Permission): boolean =>
  kind === 'roles' ? role === second : permission === second;

/** What is left of assignments once broken rules took the second of each pair, whatever the order of the rules; and what they took. */
export function separated<T extends Duty>(
  assignments: readonly T[],
  rules: readonly SeparationRule[],
): { left: T[]; withheld: Withheld[] } {
  const broken = rules.filter((rule) => isBroken(assignments, rule));
  if (broken.length === 0) return { left: [...assignments], withheld: [] };
  const ruleAgainst = (role: string, permission: Permission) => broken.find((rule) => takes(rule, role, permission));
  const left = assignments.map((a) => ({ ...a, permissions: a.permissions.filter((p) => !ruleAgainst(a.role, p)) }));
  const remaining = new Set(left.flatMap((a) => a.permissions));
  const lost = assignments.flatMap((a) => a.permissions.map((permission) => ({ permission, rule: ruleAgainst(a.role, permission) })));
  const withheld = lost.filter((l): l is Withheld => l.rule !== undefined && !remaining.has(l.permission));
  return { left, withheld: [...new Map(withheld.map((w) => [w.permission, w])).values()] };
}

/** In words, for a refusal. */
export const describeRule = ({ first, second }: SeparationRule): string => `nobody holds ${first} and ${second} together`;
