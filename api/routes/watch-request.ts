import { failure } from '../../domain/errors.ts';
import { requestStanding } from '../../db/reads/request-standing.ts';
import { eventStream } from '../event-stream.ts';
import { operation } from '../operation.ts';
import { Bytes, ById } from '../schemas/common.ts';

export const watchRequest = operation({
  method: 'get',
  path: '/requests/{id}/events',
  summary: 'Server-sent events of one request: `changed` with {version, state, waitsFor}',
  permission: 'request.read',
  params: ById,
  response: Bytes,
  responseType: 'text/event-stream',
  handle: async ({ params: { id }, actor, reauthorize }, { db, changes }) => {
    await requestStanding(db, actor, id);
    return eventStream({
      changes,
      reauthorize,
      concerns: (change) => change.type === 'request' && change.id === id,
      dataFor: async (_, watcher) => {
        if (watcher?.kind !== 'operator') throw failure('not_signed_in', 'Sign in again.');
        return requestStanding(db, watcher, id);
      },
    });
  },
});
