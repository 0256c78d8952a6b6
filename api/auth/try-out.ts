import { authenticate, tryDirectory } from '../../connectors/directory/ldap.ts';
import { SourceTrouble } from '../../connectors/directory/trouble.ts';
import type { IdentitySource } from '../../db/reads/identity-sources.ts';
import { rolesOf, type Identity } from '../../domain/identity-source.ts';
import type { Services } from '../services.ts';
import { providerOf } from './provider-of.ts';
import { openSecret } from './source-secret.ts';

export interface Trial {
  login?: string | undefined;
  password?: string | undefined;
}

/** Asks a source as sign-in would, and says what an administrator can do where it does not work. */
export async function tryOut(services: Services, source: IdentitySource, trial: Trial) {
  try {
    const identity = await ask(services, source, trial);
    if (identity === 'not asked') return { works: true, problem: null, person: null };
    if (!identity) return { works: false, problem: 'The source works, but knows nobody with this user name and password.', person: null };
    return { works: true, problem: null, person: describe(source, identity) };
  } catch (error) {
    if (!(error instanceof SourceTrouble)) throw error;
    return { works: false, problem: error.message, person: null };
  }
}

async function ask(services: Services, source: IdentitySource, { login, password }: Trial): Promise<Identity | undefined | 'not asked'> {
  const { configuration } = source;
  if (configuration.kind !== 'ldap') {
    await (await providerOf(services, source)).attempt();
    return 'not asked';
  }
  const directory = { settings: configuration.settings, password: await openSecret(services, source) };
  if (login !== undefined && password !== undefined) return authenticate(directory, login, password);
  await tryDirectory(directory);
  return 'not asked';
}

const describe = ({ mapping }: IdentitySource, { givenName, familyName, email, groups }: Identity) => ({
  ...{ name: `${givenName} ${familyName}`.trim(), email, groups: [...groups] },
  roles: rolesOf(mapping, groups),
});
