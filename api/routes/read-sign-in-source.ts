import { sourceDetail } from '../../db/reads/identity-sources.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { Source } from '../schemas/identity-source.ts';

export const readSignInSource = operation({
  method: 'get',
  path: '/sign-in-sources/{id}',
  summary: 'A directory or single sign-on, without its secret',
  permission: 'signin.manage',
  params: ById,
  response: Source,
  handle: ({ params }, { db }) => sourceDetail(db, params.id),
});
