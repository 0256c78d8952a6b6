import type { Worker } from '@temporalio/worker';
import type { Logger } from 'pino';

/** Workers that run together. */
export interface Crew {
  /** Starts a worker unless one of this name runs. */
  add(name: string, create: () => Promise<Worker>): Promise<void>;
  /** Ends a worker: it takes no more, and what it does is waited for. */
  remove(name: string): Promise<void>;
  /** Settles when a worker has failed or all have been stopped. */
  readonly ended: Promise<void>;
  /** True while every worker asks its queue for work. */
  isRunning(): boolean;
  /** Lets running steps end, and waits for them. */
  stop(): Promise<void>;
}

/** A worker that fails ends the crew: the process should end then and be started again. */
export function crewOf(log: Logger): Crew {
  const workers = new Map<string, { worker: Worker; running: Promise<void> }>();
  let stopping = false;
  let fail: (error: unknown) => void = () => {};
  let finish: () => void = () => {};
  const ended = new Promise<void>((resolve, reject) => ([finish, fail] = [resolve, reject]));
  return {
    ended,
    isRunning: () => workers.size > 0 && [...workers.values()].every(({ worker }) => worker.getState() === 'RUNNING'),
    async add(name, create) {
      if (stopping || workers.has(name)) return;
      const worker = await create();
      if (stopping) return;
      const running = worker.run();
      running.catch(fail);
      workers.set(name, { worker, running });
      log.info({ queue: name }, 'worker runs');
    },
    async remove(name) {
      const found = workers.get(name);
      if (!found) return;
      if (found.worker.getState() === 'RUNNING') found.worker.shutdown();
      await found.running;
      workers.delete(name);
      log.info({ queue: name }, 'worker ended');
    },
    async stop() {
      stopping = true;
      for (const { worker } of workers.values()) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.allSettled([...workers.values()].map(({ running }) => running));
      finish();
    },
  };
}
