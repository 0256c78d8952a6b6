import { z } from 'zod';

import { signInByCertificate } from '../auth/certificate-sign-in.ts';
import { enter } from '../auth/enter.ts';
import { landing } from '../auth/navigation.ts';
import { operation } from '../operation.ts';
import { SignInQuery } from '../schemas/session.ts';

export const signInWithCertificate = operation({
  method: 'get',
  path: '/session/certificate',
  summary: 'Sign in with the certificate of a card, which the browser shows in its TLS handshake',
  permission: 'public',
  query: SignInQuery,
  response: z.string(),
  status: 303,
  handle: ({ client, query }, services) =>
    landing(services.settings, query.next, async () => {
      const account = await signInByCertificate(services, client);
      const actor = await enter(services, { accountId: account.id, methods: ['sc'] }, client);
      return { actor, next: query.next };
    }),
});
