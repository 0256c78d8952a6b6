import { sourceDetail } from '../../db/reads/identity-sources.ts';
import { identitySourceStore } from '../../db/stores/identity-sources.ts';
import { sealSecret } from '../auth/source-secret.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { Source, SourceInput } from '../schemas/identity-source.ts';

export const updateSignInSource = operation({
  method: 'put',
  path: '/sign-in-sources/{id}',
  summary: 'Change a directory or single sign-on, switch it on or off; without a secret in the body it keeps the one it has',
  permission: 'signin.manage',
  stepUp: true,
  params: ById,
  body: SourceInput,
  response: Source,
  edits: true,
  refusals: ['duplicate', 'beyond_own_rights'],
  handle: async ({ params: { id }, body: { secret, ...source }, actor, ifMatch: version }, services) => {
    const sealed = await sealSecret(services, id, secret);
    await identitySourceStore(services.db).update({ by: actor, id, version, source, sealed });
    return sourceDetail(services.db, id);
  },
});
