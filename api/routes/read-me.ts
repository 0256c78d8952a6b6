import { describeMe } from '../auth/me.ts';
import { operation } from '../operation.ts';
import { Me } from '../schemas/session.ts';

export const readMe = operation({
  method: 'get',
  path: '/me',
  summary: 'Who is signed in, and what they may do',
  permission: 'signed_in',
  response: Me,
  handle: ({ identity }, services) => describeMe(services, identity),
});
