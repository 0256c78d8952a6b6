import type { KeyRing } from '../connectors/hsm/envelope.ts';

/** The data key with this id; one that was added after this process started is a defect of the rotation, not of the caller. */
export function keyOf(ring: KeyRing, id: string): Buffer {
  const key = ring.keys.get(id);
  if (!key) throw new Error(`data key ${id} is not open in this process`);
  return key;
}
