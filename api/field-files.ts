import { openWith, sealWith } from '../connectors/hsm/envelope.ts';
import type { KeptFile } from '../db/reads/field-files.ts';
import type { KeyRing } from '../domain/key-ring.ts';

const context = (id: string) => Buffer.from(`${id}|field_file`);

/** A file under the current data key. */
export async function sealFile(keys: KeyRing, id: string, plain: Buffer): Promise<{ ciphertext: Buffer; keyId: string }> {
  const keyId = keys.current;
  return { ciphertext: sealWith(await keys.key(keyId), plain, context(id)), keyId };
}

export const openFile = async (keys: KeyRing, { id, keyId, ciphertext }: KeptFile): Promise<Buffer> =>
  openWith(await keys.key(keyId), ciphertext, context(id));
