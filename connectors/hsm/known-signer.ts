import { failure } from '../../domain/errors.ts';
import type { KeySpec, Signer } from '../../domain/signer.ts';
import type { Hsm } from './hsm.ts';

/** What whoever needs a key gets when the token does not hold it. */
export const keyMissing = (label: string) =>
  failure('hsm_key_missing', `The HSM does not hold the key "${label}". Connect the token that it was made in: it is looked for again.`);

/**
 * The signer of a key whose public half is known, from a certificate: the key is looked for when it signs, so that a process starts while
 * the HSM is away. Throws as `Hsm` does, and `hsm_key_missing` also when the key under this label is another one.
 */
export function knownSigner(hsm: Pick<Hsm, 'signer'>, label: string, known: { spec: KeySpec; spki: Buffer }): Signer {
  const { spec, spki } = known;
  let found: Signer | undefined;
  const find = async (): Promise<Signer> => {
    const signer = await hsm.signer(label);
    if (!signer?.spki.equals(spki)) throw keyMissing(label);
    return (found = signer);
  };
  return { spec, spki, sign: async (data) => (found ?? (await find())).sign(data) };
}
