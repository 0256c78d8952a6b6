import type { LogLevel } from '../../domain/logging.ts';
import type { Logs } from './logs.ts';

const everyMs = 2_000;

/** Asks every two seconds which levels are set; keeps those it knows while there is no answer. Returns what ends it. */
export function followLevels(logs: Pick<Logs, 'setLevels'>, read: () => Promise<ReadonlyMap<string, LogLevel>>): () => void {
  let asking = false;
  const follow = async () => {
    if (asking) return;
    asking = true;
    try {
      logs.setLevels(await read());
    } catch {
      // The database is away: its own alarm says so, here nothing changes.
    } finally {
      asking = false;
    }
  };
  void follow();
  const timer = setInterval(() => void follow(), everyMs).unref();
  return () => clearInterval(timer);
}
