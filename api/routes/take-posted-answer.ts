import { z } from 'zod';

import { keepAnswer } from '../auth/single-sign-on.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { PostedAnswer } from '../schemas/session.ts';

export const takePostedAnswer = operation({
  method: 'post',
  path: '/session/sources/{id}/callback',
  summary:
    'Single sign-on by SAML: the form of the provider. It signs nobody in by itself: the browser goes on and shows that it left from here',
  permission: 'public',
  params: ById,
  body: PostedAnswer,
  requestType: 'application/x-www-form-urlencoded',
  response: z.string(),
  status: 303,
  handle: ({ params: { id }, body: { SAMLResponse, RelayState } }, services) =>
    keepAnswer(services, { id, state: RelayState, answer: SAMLResponse }),
});
