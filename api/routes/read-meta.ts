import { demoSignIns } from '../demo-sign-ins.ts';
import { operation } from '../operation.ts';
import { Meta } from '../schemas/session.ts';

export const readMeta = operation({
  method: 'get',
  path: '/meta',
  summary: 'What the sign-in page must know',
  permission: 'public',
  response: Meta,
  handle: (_, { proxySecret, settings: { profile, validationUrl, publicUrl } }) =>
    Promise.resolve({
      ...{ profile, validationUrl, portalUrl: `${publicUrl}/my`, certificateSignIn: proxySecret !== undefined },
      ...(profile !== 'production' && { demoSignIns }),
    }),
});
