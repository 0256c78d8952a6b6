import type { ApiClient } from './api-client.ts';
import type { Me, Meta } from './api-types.ts';
import { passwordOf, signIn, type SignIn } from './sign-in.ts';
import { UsageError } from './usage-error.ts';

interface Wanted {
  url: string;
  meta: Meta;
  /** Who was named with `--as`. */
  login: string | undefined;
  /** Whom a demonstration installation offers otherwise. */
  role: string;
}

/** Signs in as the named operator (password in SMARTCMS_PASSWORD), or as the demonstration's own of a role. */
export async function operatorOf({ url, meta, login, role }: Wanted): Promise<{ client: ApiClient; me: Me }> {
  if (login) return signIn(url, { login, password: await passwordOf(login, 'SMARTCMS_PASSWORD') });
  const offered = demoSignIn(meta, role);
  if (!offered) throw new UsageError('Name who asks: --as login, with the password in SMARTCMS_PASSWORD.');
  return signIn(url, offered);
}

/** Of several the one who sees most: where the system administrator is, at the root of the organisation. */
function demoSignIn({ demoSignIns = [] }: Meta, role: string): SignIn | undefined {
  const root = demoSignIns.find((s) => s.role === 'SA')?.unit;
  const fit = demoSignIns.filter((s) => s.role === role);
  return fit.find((s) => s.unit === root) ?? fit[0];
}
