import { z } from 'zod';

import { leave } from '../auth/single-sign-on.ts';
import { orSignInPage } from '../auth/navigation.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { SignInQuery } from '../schemas/session.ts';

export const leaveToSignIn = operation({
  method: 'get',
  path: '/session/sources/{id}',
  summary: 'Single sign-on: the browser goes to the provider',
  permission: 'public',
  params: ById,
  query: SignInQuery,
  response: z.string(),
  status: 303,
  handle: ({ params: { id }, query: { next }, client }, services) =>
    orSignInPage(services.settings, next, () => leave(services, { id, next }, client)),
});
