import { z } from 'zod';

import { assertOperator } from '../../db/reads/operators.ts';
import { operatorStore } from '../../db/stores/operators.ts';
import { makeFirstPassword } from '../auth/first-password.ts';
import { hashPassword } from '../auth/password.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';

export const setFirstPassword = operation({
  method: 'post',
  path: '/operators/{id}/first-password',
  summary: 'Make a password for an operator to hand over. It is in this answer and nowhere else; their sessions end',
  permission: 'operator.manage',
  stepUp: true,
  params: ById,
  response: z.object({ password: z.string().meta({ description: 'Shown here and never again' }) }).meta({ id: 'FirstPassword' }),
  answersOnce: true,
  refusals: ['own_rights'],
  handle: async ({ params, actor }, { db }) => {
    await assertOperator(db, actor, params.id);
    const password = makeFirstPassword();
    await operatorStore(db).setPassword({ by: actor, id: params.id, passwordHash: await hashPassword(password) });
    return { password };
  },
});
