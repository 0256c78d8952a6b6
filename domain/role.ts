import { z } from 'zod';

import { text } from './holder.ts';
import { operatorPermissions } from './permissions.ts';
import { separationKinds } from './separation.ts';
import { unitKinds } from './unit.ts';

/** A role of the organisation's own. */
export const RoleData = z.strictObject({
  name: z.strictObject({ en: text(60), it: text(60) }),
  permissions: z
    .array(z.enum(operatorPermissions))
    .min(1, 'Choose at least one')
    .transform((chosen) => operatorPermissions.filter((permission) => chosen.includes(permission))),
  /** Kinds of units in which the role is offered first. */
  offeredIn: z.array(z.enum(unitKinds)).max(unitKinds.length).default([]),
});
export type RoleData = z.infer<typeof RoleData>;

/** The code of a role as somebody names it: which there are, the table knows. */
export const NamedRole = z.string().regex(/^[^\u0000-\u001f\u007f]{1,40}$/, 'The code of a role, such as RO');

/** Names a role for ever; in mails, files and the audit. */
export const RoleCodeInput = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z][A-Z0-9_-]{1,19}$/, 'Two to twenty letters, digits, - or _, such as CLERK');

/** Two permissions, or the codes of two roles, that nobody is to hold together. */
export const SeparationData = z
  .strictObject({ kind: z.enum(separationKinds), first: NamedRole, second: NamedRole })
  .refine(({ first, second }) => first !== second, { error: 'Choose another than the first', path: ['second'] })
  .refine(({ kind, first, second }) => kind === 'roles' || [first, second].every(isPermission), {
    error: 'Choose two permissions',
    path: ['first'],
  });
export type SeparationData = z.infer<typeof SeparationData>;

const isPermission = (word: string): boolean => (operatorPermissions as readonly string[]).includes(word);
