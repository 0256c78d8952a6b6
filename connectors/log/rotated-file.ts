import roll from 'pino-roll';

import type { Delivery, DeliveryNews } from './delivery.ts';

/** What waits in memory at most while the disk takes nothing. */
const maxLength = 16_000_000;

/** Appends lines to a file that is changed at 50 MB and every day; the oldest go. A full disk costs lines, never the process. */
export async function rotatedFile(file: string, { count, news }: { count: number; news: DeliveryNews }): Promise<Delivery> {
  const limit = { count, removeOtherLogFiles: true };
  const stream = await roll({ file, size: '50m', frequency: 'daily', limit, mkdir: true, mode: 0o640, sync: true, maxLength });
  let away = false;
  let closed = false;
  let dropped = 0;
  let told = 0;
  stream.on('drop', () => (dropped += 1));
  stream.on('error', (error) => {
    if (!away) queueMicrotask(() => news.away(error));
    away = true;
  });
  stream.on('write', () => {
    if (!away) return;
    away = false;
    const meanwhile = dropped - told;
    told = dropped;
    if (meanwhile > 0) queueMicrotask(() => news.back(meanwhile));
  });
  return {
    write: (line) => void (closed || stream.write(line)),
    get dropped() {
      return dropped;
    },
    close: () =>
      new Promise<void>((resolve) => {
        closed = true;
        stream.once('close', resolve);
        stream.once('error', () => resolve());
        stream.end();
      }),
  };
}
