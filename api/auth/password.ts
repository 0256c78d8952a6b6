import { hash, verify } from '@node-rs/argon2';

/** argon2id with the parameters of OWASP's password storage sheet: 19 MiB, 2 passes, 1 lane. */
const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const hashPassword = (password: string): Promise<string> => hash(password, options);

/** Of a password that nobody has: an unknown user costs as much time as a known one. */
const nobody = hashPassword(crypto.randomUUID());

/** Takes as long for a missing hash as for a wrong password. */
export async function passwordMatches(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  const matches = await verify(passwordHash ?? (await nobody), password);
  return matches && typeof passwordHash === 'string';
}
