import { generateSecret, generateURI, verify } from 'otplib';
import { v7 as uuid } from 'uuid';

import { openWith, sealWith } from '../../connectors/hsm/envelope.ts';
import { secondFactorStore } from '../../db/stores/second-factors.ts';
import type { ActorRef } from '../../domain/actor.ts';
import type { Services } from '../services.ts';

type Parts = Pick<Services, 'db' | 'codeKeys'>;

const contextOf = (id: string) => Buffer.from(`${id}|totp`);

/** A new seed for somebody's authenticator app, kept encrypted; good for nothing until a code of it was shown. */
export async function enrolTotp(
  { db, codeKeys }: Parts,
  of: { by: ActorRef; accountId: string; login: string },
): Promise<{ secret: string; uri: string }> {
  const { by, accountId, login } = of;
  const [id, secret, keyId] = [uuid(), generateSecret(), codeKeys.current];
  const ciphertext = sealWith(await codeKeys.key(keyId), Buffer.from(secret), contextOf(id));
  await secondFactorStore(db).enrolTotp({ by, accountId, id, ciphertext, keyId });
  return { secret, uri: generateURI({ issuer: 'smartCMS', label: login, secret }) };
}

/**
 * True for the code of now, or of 30 seconds before or after (RFC 6238 5.2), once: it is used up by this. `confirmed` says which seed counts: the one in
 * use, or the one that waits for its first code.
 */
export async function totpMatches(
  { db, codeKeys }: Parts,
  given: { accountId: string; code: string; confirmed: boolean },
): Promise<boolean> {
  const { accountId, code, confirmed } = given;
  const factor = await secondFactorStore(db).totp(accountId);
  if (!factor || (factor.confirmedAt !== null) !== confirmed) return false;
  const secret = openWith(await codeKeys.key(factor.keyId), factor.ciphertext, contextOf(factor.id)).toString();
  const result = await verify({ secret, token: code, epochTolerance: 30 });
  return result.valid && 'timeStep' in result && secondFactorStore(db).useStep({ accountId, step: result.timeStep });
}
