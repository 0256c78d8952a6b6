import { offeredSources } from '../../db/reads/identity-sources.ts';
import { demoSignIns } from '../demo-sign-ins.ts';
import { hasPasskeys } from '../auth/passkeys.ts';
import { operation } from '../operation.ts';
import { Meta } from '../schemas/session.ts';

export const readMeta = operation({
  method: 'get',
  path: '/meta',
  summary: 'What the sign-in page must know',
  permission: 'public',
  response: Meta,
  handle: async (_, { db, settings: { profile, validationUrl, publicUrl, cardSignInUrl, secondFactor } }) => ({
    ...{ profile, validationUrl, portalUrl: `${publicUrl}/my`, secondFactor, passkeys: hasPasskeys({ publicUrl }) },
    ...(cardSignInUrl && { cardSignInUrl: `${cardSignInUrl}/api/session/certificate` }),
    sources: (await offeredSources(db)).map(({ id, name }) => ({ id, name, url: `/api/session/sources/${id}` })),
    ...(profile !== 'production' && { demoSignIns }),
  }),
});
