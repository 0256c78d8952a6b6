import { sourceDetail } from '../../db/reads/identity-sources.ts';
import { identitySourceStore } from '../../db/stores/identity-sources.ts';
import { sealSecret } from '../auth/source-secret.ts';
import { operation } from '../operation.ts';
import { Source, SourceInput } from '../schemas/identity-source.ts';

export const createSignInSource = operation({
  method: 'post',
  path: '/sign-in-sources',
  summary: 'Add a directory or single sign-on; its groups give at most the roles that I could give',
  permission: 'signin.manage',
  stepUp: true,
  body: SourceInput,
  response: Source,
  status: 201,
  refusals: ['duplicate', 'beyond_own_rights'],
  handle: async ({ body: { secret, ...source }, actor, newId: id }, services) => {
    const sealed = await sealSecret(services, id, secret);
    await identitySourceStore(services.db).create({ by: actor, id, source, sealed });
    return sourceDetail(services.db, id);
  },
});
