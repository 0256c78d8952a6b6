import { permits, refOf, type Actor } from '../../domain/actor.ts';
import { longestKeyDays } from '../../domain/api-key.ts';
import { failure } from '../../domain/errors.ts';
import type { Permission } from '../../domain/permissions.ts';
import { apiKeyDetail } from '../../db/reads/api-keys.ts';
import { assertUnit } from '../../db/reads/visible-to.ts';
import { apiKeyStore } from '../../db/stores/api-keys.ts';
import { mintKey } from '../auth/api-key.ts';
import { operation } from '../operation.ts';
import { ApiKeyInput, NewApiKey } from '../schemas/api-key.ts';

export const createApiKey = operation({
  method: 'post',
  path: '/api-keys',
  summary: 'Make an API key of mine: some of my permissions, within one unit, until a day. The key is in this answer and nowhere else',
  permission: 'api_key.manage',
  stepUp: true,
  body: ApiKeyInput,
  response: NewApiKey,
  status: 201,
  answersOnce: true,
  handle: async ({ body, actor, newId: id }, { db }) => {
    await assertUnit(db, actor, 'api_key.manage', body.unitId);
    assertMine(actor, body.permissions);
    assertSoon(body.expiresAt);
    const { key, prefix, hash } = mintKey();
    const permissions = [...new Set(body.permissions)];
    await apiKeyStore(db).create({ by: refOf(actor), key: { ...body, permissions, id, prefix, hash, operatorId: actor.id } });
    return { ...(await apiKeyDetail(db, actor, id)), key };
  },
});

function assertMine(actor: Actor, wanted: readonly Permission[]): void {
  const foreign = wanted.filter((permission) => !permits(actor, permission));
  if (foreign.length === 0) return;
  const message = `Not yours to give: ${foreign.join(', ')}`;
  throw failure('forbidden', `A key carries only what its owner may do. ${message}.`, [{ pointer: '/permissions', message }]);
}

function assertSoon(expiresAt: string): void {
  const days = (Date.parse(expiresAt) - Date.now()) / 86_400_000;
  if (days > 0 && days <= longestKeyDays) return;
  const message = `A moment within the next ${longestKeyDays} days`;
  throw failure('invalid_input', 'A key ends at the latest after a year.', [{ pointer: '/expiresAt', message }]);
}
