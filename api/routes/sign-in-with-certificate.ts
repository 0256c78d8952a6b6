import { describeActor } from '../../db/reads/me.ts';
import { signInByCertificate } from '../auth/certificate-sign-in.ts';
import { openSession } from '../auth/session.ts';
import { operation } from '../operation.ts';
import { Me } from '../schemas/session.ts';

export const signInWithCertificate = operation({
  method: 'post',
  path: '/session/certificate',
  summary: 'Sign in with the certificate of a card, as the TLS proxy saw it',
  permission: 'public',
  response: Me,
  refusals: ['certificate_refused', 'too_many_attempts'],
  handle: async ({ client }, services) => {
    const account = await signInByCertificate(services, client);
    return describeActor(services.db, await openSession(services.db, { accountId: account.id, methods: ['sc'] }, client));
  },
});
