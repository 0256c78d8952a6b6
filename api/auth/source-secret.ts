import { openWith, sealWith } from '../../connectors/hsm/envelope.ts';
import type { IdentitySource } from '../../db/reads/identity-sources.ts';
import type { SealedSecret } from '../../db/stores/identity-sources.ts';
import type { Services } from '../services.ts';

type Keys = Pick<Services, 'codeKeys'>;
const contextOf = (id: string): Buffer => Buffer.from(`${id}|identity_source`);

/** The secret of a source under the data key of today. Absent and null stay what they are. */
export async function sealSecret(
  { codeKeys }: Keys,
  id: string,
  secret: string | null | undefined,
): Promise<SealedSecret | null | undefined> {
  if (typeof secret !== 'string') return secret;
  const secretKeyId = codeKeys.current;
  return { secretKeyId, secret: sealWith(await codeKeys.key(secretKeyId), Buffer.from(secret), contextOf(id)) };
}

export async function openSecret({ codeKeys }: Keys, { id, secret, secretKeyId }: IdentitySource): Promise<string | undefined> {
  if (!secret || !secretKeyId) return undefined;
  return openWith(await codeKeys.key(secretKeyId), secret, contextOf(id)).toString();
}
