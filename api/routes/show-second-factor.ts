import { enterWithFactor } from '../auth/enter.ts';
import { operation } from '../operation.ts';
import { GivenFactor } from '../schemas/account.ts';
import { Me } from '../schemas/session.ts';

export const showSecondFactor = operation({
  method: 'post',
  path: '/session/second-factor',
  summary: 'The second step of signing in, within five minutes of the first',
  permission: 'public',
  body: GivenFactor,
  response: Me,
  refusals: ['sign_in_over', 'factor_wrong', 'too_many_attempts'],
  handle: ({ body, client }, services) => enterWithFactor(services, body, client),
});
