import { sourceById } from '../../db/reads/identity-sources.ts';
import { tryOut } from '../auth/try-out.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { SourceTrial, SourceVerdict } from '../schemas/identity-source.ts';

export const trySignInSource = operation({
  method: 'post',
  path: '/sign-in-sources/{id}/try',
  summary: 'Try a source, enabled or not, and hear what is wrong; with a user name and password also whom it knows. Nobody is signed in',
  permission: 'signin.manage',
  params: ById,
  body: SourceTrial,
  response: SourceVerdict,
  answersOnce: true,
  handle: async ({ params, body }, services) => tryOut(services, await sourceById(services.db, params.id), body),
});
