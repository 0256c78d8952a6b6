import { demoSignIns } from '../demo-sign-ins.ts';
import { operation } from '../operation.ts';
import { Meta } from '../schemas/session.ts';

export const readMeta = operation({
  method: 'get',
  path: '/meta',
  summary: 'What the sign-in page must know',
  permission: 'public',
  response: Meta,
  handle: (_, { settings: { profile, validationUrl, publicUrl, cardSignInUrl, secondFactor } }) =>
    Promise.resolve({
      ...{ profile, validationUrl, portalUrl: `${publicUrl}/my`, secondFactor },
      ...(cardSignInUrl && { cardSignInUrl: `${cardSignInUrl}/api/session/certificate` }),
      ...(profile !== 'production' && { demoSignIns }),
    }),
});
