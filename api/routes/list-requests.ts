import { currentFields } from '../../db/reads/fields.ts';
import { listRequests as read } from '../../db/reads/requests.ts';
import { fieldChoices, listed } from '../field-rules.ts';
import { given } from '../given.ts';
import { operation } from '../operation.ts';
import { page } from '../schemas/common.ts';
import { RequestQuery, RequestSummary } from '../schemas/request.ts';

export const listRequests = operation({
  method: 'get',
  path: '/requests',
  summary: 'Requests I see',
  permission: 'request.read',
  query: RequestQuery,
  response: page(RequestSummary).meta({ id: 'RequestPage' }),
  handle: async ({ query: { field, ...query }, actor }, { db }) => {
    const { set } = await currentFields(db);
    const { items, next } = await read(db, actor, { ...given(query), fields: fieldChoices(set, field, ['holder', 'request']) });
    return { items: items.map((request) => ({ ...request, fields: listed(set, request.fields) })), next };
  },
});
