import { z } from 'zod';

import { comeBack } from '../auth/single-sign-on.ts';
import { landing } from '../auth/navigation.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { ProviderAnswer } from '../schemas/session.ts';

export const comeBackSignedIn = operation({
  method: 'get',
  path: '/session/sources/{id}/callback',
  summary: 'Single sign-on: the browser is back from the provider with its answer',
  permission: 'public',
  params: ById,
  query: ProviderAnswer,
  response: z.string(),
  status: 303,
  handle: ({ params: { id }, query, client }, services) =>
    landing(services.settings, undefined, () =>
      comeBack(services, { id, answer: new URLSearchParams(query as Record<string, string>) }, client),
    ),
});
