import { createHash, randomBytes } from 'node:crypto';

import { openWith, sealWith } from '../../connectors/hsm/envelope.ts';
import type { Hsm } from '../../connectors/hsm/hsm.ts';

/** Wrapping keys in this process's memory, for tests only. */
export function memoryWrapping(): Pick<Hsm, 'ensureWrappingKey' | 'wrap' | 'unwrap' | 'random'> {
  const keys = new Map<string, Buffer>();
  const keyOf = (label: string) => keys.get(label) ?? createHash('sha256').update(label).digest();
  return {
    ensureWrappingKey: async (label) => void keys.set(label, keyOf(label)),
    wrap: async (label, plain, aad) => sealWith(keyOf(label), plain, aad),
    unwrap: async (label, sealed, aad) => openWith(keyOf(label), sealed, aad),
    random: async (length) => randomBytes(length),
  };
}
