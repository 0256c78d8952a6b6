import { visibleChange } from '../../db/reads/changes.ts';
import { eventStream } from '../event-stream.ts';
import { operation } from '../operation.ts';
import { Bytes } from '../schemas/common.ts';

export const watchChanges = operation({
  method: 'get',
  path: '/events',
  summary: 'Server-sent events for lists: `changed` with {type, id} of requests and devices I see',
  permission: 'request.read',
  response: Bytes,
  responseType: 'text/event-stream',
  handle: ({ reauthorize }, { db, changes }) =>
    Promise.resolve(
      eventStream({
        changes,
        reauthorize,
        concerns: () => true,
        dataFor: async (change, watcher) => (watcher && (await visibleChange(db, watcher, change)) ? change : undefined),
      }),
    ),
});
