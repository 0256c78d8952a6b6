import { failure } from '../../domain/errors.ts';
import type { KeyRing } from '../../domain/key-ring.ts';
import type { Hsm } from './hsm.ts';

export type KeyPurpose = 'codes' | 'payload';

/** A data key as it is stored: under the HSM's wrapping key of this label; purpose and id are the AAD. */
export interface WrappedKey {
  id: string;
  purpose: KeyPurpose;
  wrapped: Buffer;
  wrappingKey: string;
}

/** Where wrapped data keys are kept. */
export interface WrappedKeys {
  /** All, the newest last; `usable` says whether new values may be sealed with it already. */
  list(): Promise<(WrappedKey & { usable: boolean })[]>;
  /** Keeps the first key of a purpose; of several made at once one wins. */
  ensure(key: WrappedKey): Promise<unknown>;
}

/** The data keys of one purpose, open in this process. */
export interface DataKeys extends KeyRing {
  /** Opens keys that were added and moves on to the newest usable one. */
  refresh(): Promise<void>;
  /** Whether there is an open key for new values. */
  isUsable(): boolean;
}

export const firstWrappingKey = 'kek';

type Wrapper = Pick<Hsm, 'wrap' | 'unwrap' | 'random' | 'ensureWrappingKey'>;
const aadOf = ({ purpose, id }: Pick<WrappedKey, 'purpose' | 'id'>) => Buffer.from(`${purpose}|${id}`);

/** The data keys of a purpose, unwrapped by the HSM; the first process of all makes the first key under `newId`. */
export async function openDataKeys(hsm: Wrapper, store: WrappedKeys, of: { purpose: KeyPurpose; newId: string }): Promise<DataKeys> {
  const { purpose, newId } = of;
  const ring = dataKeys(hsm, store, purpose);
  await ring.refresh();
  if (!ring.isUsable()) {
    await hsm.ensureWrappingKey(firstWrappingKey);
    await store.ensure(await newDataKey(hsm, { id: newId, purpose, wrappingKey: firstWrappingKey }));
    await ring.refresh();
  }
  return ring;
}

/** 256 random bits of the HSM, wrapped at once. */
export async function newDataKey(hsm: Pick<Hsm, 'wrap' | 'random'>, key: Omit<WrappedKey, 'wrapped'>): Promise<WrappedKey> {
  return { ...key, wrapped: await hsm.wrap(key.wrappingKey, await hsm.random(32), aadOf(key)) };
}

/** The same data key under another wrapping key: what it sealed stays as it is. */
export async function rewrapped(hsm: Pick<Hsm, 'wrap' | 'unwrap'>, key: WrappedKey, wrappingKey: string): Promise<Buffer> {
  const plain = await hsm.unwrap(key.wrappingKey, key.wrapped, aadOf(key));
  return hsm.wrap(wrappingKey, plain, aadOf(key));
}

/**
 * The data keys of a purpose, opened in the background, so that a process starts while its HSM is away. Until they are open `current` and `key`
 * throw what keeps them closed, and each use is one more try. The first key must be there.
 */
export function lazyDataKeys(hsm: Pick<Hsm, 'unwrap'>, store: WrappedKeys, purpose: KeyPurpose): DataKeys {
  const ring = dataKeys(hsm, store, purpose);
  ring.refresh().catch(() => undefined);
  return ring;
}

function dataKeys(hsm: Pick<Hsm, 'unwrap'>, store: WrappedKeys, purpose: KeyPurpose): DataKeys {
  const keys = new Map<string, Buffer>();
  let current = '';
  let reading: Promise<void> | undefined;
  let trouble: unknown = failure('hsm_unavailable', 'The data keys are being opened. Try again in a moment.');
  const read = async (): Promise<void> => {
    const rows = (await store.list()).filter((row) => row.purpose === purpose);
    for (const row of rows) if (!keys.has(row.id)) keys.set(row.id, await hsm.unwrap(row.wrappingKey, row.wrapped, aadOf(row)));
    current = rows.findLast((row) => row.usable)?.id ?? '';
    if (!current) trouble = failure('hsm_key_missing', 'There are no data keys yet. Make them with `smartcms prepare`.');
  };
  /** Many who ask at once share one reading. */
  const refresh = (): Promise<void> =>
    (reading ??= read()
      .catch((error: unknown) => {
        throw (trouble = error);
      })
      .finally(() => (reading = undefined)));
  return {
    refresh,
    isUsable: () => current !== '',
    get current() {
      if (current) return current;
      refresh().catch(() => undefined);
      throw trouble;
    },
    async key(id) {
      if (!keys.has(id)) await refresh();
      const key = keys.get(id);
      if (!key) throw new Error(`the data key ${id} is not known`);
      return key;
    },
  };
}
