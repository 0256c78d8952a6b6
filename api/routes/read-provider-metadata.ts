import { sourceById } from '../../db/reads/identity-sources.ts';
import { failure } from '../../domain/errors.ts';
import { providerOf } from '../auth/provider-of.ts';
import { operation } from '../operation.ts';
import { ById, Bytes } from '../schemas/common.ts';

export const readProviderMetadata = operation({
  method: 'get',
  path: '/session/sources/{id}/metadata',
  summary: 'SAML metadata of smartCMS for the provider of this source',
  permission: 'public',
  params: ById,
  response: Bytes,
  responseType: 'application/samlmetadata+xml',
  handle: async ({ params }, services) => {
    const { metadata } = await providerOf(services, await sourceById(services.db, params.id));
    if (!metadata) throw failure('not_found', 'This source speaks another protocol.');
    return Buffer.from(metadata());
  },
});
