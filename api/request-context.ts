import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();

/** Runs `work` as part of the request with this id: what it starts elsewhere carries the id along. */
export const inRequest = <T>(requestId: string, work: () => T): T => storage.run(requestId, work);

/** The id of the request that is being answered. */
export const currentRequestId = (): string | undefined => storage.getStore();
