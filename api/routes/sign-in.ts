import { enter } from '../auth/enter.ts';
import { signIn as verify } from '../auth/sign-in.ts';
import { operation } from '../operation.ts';
import { Me, SignIn } from '../schemas/session.ts';

export const signIn = operation({
  method: 'post',
  path: '/session',
  summary: 'Sign in with user name and password',
  permission: 'public',
  body: SignIn,
  response: Me,
  refusals: ['sign_in_failed', 'second_factor_needed', 'too_many_attempts'],
  handle: async ({ body, client }, services) => {
    const account = await verify(services, body, client);
    return enter(services, { accountId: account.id, methods: ['pwd'] }, client);
  },
});
