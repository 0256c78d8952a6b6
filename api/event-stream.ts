import { PassThrough, type Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

import type { Change, Changes } from './changes.ts';

const heartbeatMs = 15_000;
const patienceBytes = 64 * 1024;
/** No eye sees more, and each event makes its reader ask again. */
const paceMs = 200;

export interface Watch<Actor> {
  changes: Changes;
  /** What is watched; asked first, as every watcher hears of every change: what it refuses costs nothing. */
  concerns(change: Change): boolean;
  /** Who watches, as of now. Throws when the actor may no longer watch; asked before each batch of events, and at each heartbeat. */
  reauthorize: () => Promise<Actor>;
  /** The data of the event for this change, or undefined when it is not for this watcher. */
  dataFor(change: Change, actor: Actor): Promise<object | undefined>;
}

/**
 * Server-sent events of changes (`event: changed`): the first at once, what follows within a fifth of a second together, many changes of one row as
 * one event. The stream ends when the actor may no longer watch, when the reader is too slow, or when changes may have been missed: the browser
 * connects again and reads anew.
 */
export function eventStream<Actor>(watch: Watch<Actor>): Readable {
  const stream = new PassThrough();
  const waiting = new Map<string, Change>();
  let working = false;

  const work = async () => {
    if (working) return;
    working = true;
    while (waiting.size > 0 && !stream.destroyed) {
      const batch = [...waiting.values()];
      waiting.clear();
      const actor = await watch.reauthorize();
      for (const change of batch) {
        const data = await watch.dataFor(change, actor);
        if (data) send(stream, `event: changed\ndata: ${JSON.stringify(data)}\n\n`);
      }
      await delay(paceMs, undefined, { ref: false });
    }
    working = false;
  };
  const end = () => void stream.end();

  const unsubscribe = watch.changes.subscribe({
    changed: (change) => {
      if (!watch.concerns(change)) return;
      waiting.set(`${change.type} ${change.id}`, change);
      work().catch(end);
    },
    interrupted: end,
  });
  const heartbeat = setInterval(() => {
    watch.reauthorize().then(() => send(stream, ': still here\n\n'), end);
  }, heartbeatMs);
  stream.once('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
  stream.write('retry: 2000\n\n');
  return stream;
}

function send(stream: PassThrough, text: string): void {
  if (stream.writableLength > patienceBytes) stream.destroy();
  else if (stream.writable) stream.write(text);
}
