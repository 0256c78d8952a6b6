import { authenticate } from '../../connectors/directory/ldap.ts';
import { SourceTrouble } from '../../connectors/directory/trouble.ts';
import { enabledSources, type IdentitySource } from '../../db/reads/identity-sources.ts';
import { accountStore, type SignInAccount } from '../../db/stores/accounts.ts';
import { identityStore } from '../../db/stores/identities.ts';
import { failure } from '../../domain/errors.ts';
import type { Identity } from '../../domain/identity-source.ts';
import type { Services } from '../services.ts';
import { openSecret } from './source-secret.ts';

/**
 * The account of whom a directory knows by this user name and password; undefined for nobody. An account that belongs to a source is asked of that
 * one only. A directory that is away is told as such, unless another one knows the person.
 */
export async function signInByDirectory(
  services: Services,
  given: { login: string; password: string },
  account: SignInAccount | undefined,
): Promise<SignInAccount | undefined> {
  const sources = (await enabledSources(services.db, 'ldap')).filter(
    ({ id }) => !account?.identitySourceId || account.identitySourceId === id,
  );
  let away = false;
  for (const source of sources) {
    try {
      const identity = await ask(services, source, given);
      if (identity) return await accountBehind(services, source, identity);
    } catch (error) {
      if (!(error instanceof SourceTrouble)) throw error;
      services.log.warn({ source: source.id, error: error.message }, 'the directory cannot be asked');
      away = true;
    }
  }
  if (away)
    throw failure('unavailable', 'The directory does not answer. Try again in a minute; accounts of smartCMS itself work meanwhile.');
  return undefined;
}

async function ask(services: Services, source: IdentitySource, { login, password }: { login: string; password: string }) {
  const { configuration } = source;
  if (configuration.kind !== 'ldap') return undefined;
  return authenticate({ settings: configuration.settings, password: await openSecret(services, source) }, login, password);
}

/** The account that the identity belongs to here, with the roles of its groups. */
export async function accountBehind({ db }: Services, source: IdentitySource, identity: Identity): Promise<SignInAccount> {
  const { accountId } = await identityStore(db).enter({ source, identity });
  const account = await accountStore(db).findById(accountId);
  if (!account?.active) throw failure('source_refused', 'You were switched off here. Ask an administrator.');
  return account;
}
