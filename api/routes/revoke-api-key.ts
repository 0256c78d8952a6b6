import { refOf } from '../../domain/actor.ts';
import { apiKeyDetail } from '../../db/reads/api-keys.ts';
import { assertVisible } from '../../db/reads/visible-to.ts';
import { apiKeyStore } from '../../db/stores/api-keys.ts';
import { operation } from '../operation.ts';
import { ApiKey } from '../schemas/api-key.ts';
import { ById } from '../schemas/common.ts';

export const revokeApiKey = operation({
  method: 'post',
  path: '/api-keys/{id}/revocation',
  summary: 'End an API key, for ever: from the next call on it is refused',
  permission: 'api_key.manage',
  params: ById,
  response: ApiKey,
  handle: async ({ params: { id }, actor }, { db }) => {
    await assertVisible(db, actor, 'api_key.manage', { table: 'api_keys', id });
    await apiKeyStore(db).revoke({ by: refOf(actor), id });
    return apiKeyDetail(db, actor, id);
  },
});
