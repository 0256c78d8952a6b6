import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

import type { Returned } from '../../connectors/directory/oidc.ts';
import { SourceTrouble } from '../../connectors/directory/trouble.ts';
import { sourceById, type IdentitySource } from '../../db/reads/identity-sources.ts';
import { signInJourneyStore } from '../../db/stores/sign-in-journeys.ts';
import { recordEvents } from '../../db/transaction.ts';
import { system } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { localPath } from '../../domain/local-path.ts';
import type { Client } from '../client.ts';
import type { Services } from '../services.ts';
import { accountBehind } from './directory-sign-in.ts';
import { enter } from './enter.ts';
import { providerOf } from './provider-of.ts';

const hashOf = (state: string): Buffer => createHash('sha256').update(state).digest();

/** Sends the browser to the other site. The state is its ticket back: only the browser that left with it returns, and once. */
export async function leave(services: Services, { id, next }: { id: string; next: string | undefined }, client: Client): Promise<string> {
  const source = await enabledSource(services, id);
  const state = randomBytes(32).toString('base64url');
  const { address, expected } = await told(services, source, async () => (await providerOf(services, source)).begin(state));
  await signInJourneyStore(services.db).begin({ stateHash: hashOf(state), sourceId: id, expected: { ...expected }, next: localPath(next) });
  client.journey.set(state);
  return address;
}

/** Keeps what a form of the other site brought, and sends the browser on to show that it left from here: a form of another site carries no cookie of ours. */
export async function keepAnswer(
  services: Services,
  { id, state, answer }: { id: string; state: string; answer: string },
): Promise<string> {
  await signInJourneyStore(services.db).keepAnswer({ stateHash: hashOf(state), sourceId: id, answer });
  return `${services.settings.publicUrl}/api/session/sources/${id}/callback?${new URLSearchParams({ state }).toString()}`;
}

/** Opens a session for whom the other site names. */
export async function comeBack(services: Services, { id, answer }: { id: string; answer: URLSearchParams }, client: Client) {
  const { attempts, db } = services;
  await attempts.spend('signInByAddress', client.address);
  const state = answer.get('state') ?? '';
  const isOurs = client.journey.token !== undefined && timingSafeEqual(hashOf(client.journey.token), hashOf(state));
  const journey = isOurs ? await signInJourneyStore(db).end(hashOf(state)) : undefined;
  client.journey.clear();
  if (journey?.sourceId !== id) throw failed();
  const source = await enabledSource(services, id);
  const { expected, answer: posted } = journey;
  const returned = await told(services, source, async () =>
    (await providerOf(services, source)).finish({ query: answer, posted, state, expected }),
  );
  if (!returned) throw failed();
  return { actor: await admit(services, { source, returned }, client), next: journey.next };
}

async function admit(services: Services, { source, returned }: { source: IdentitySource; returned: Returned }, client: Client) {
  const account = await accountBehind(services, source, returned.identity);
  await services.attempts.giveBack('signInByAddress', client.address);
  return enter(services, { accountId: account.id, methods: returned.methods }, client);
}

async function enabledSource(services: Services, id: string): Promise<IdentitySource> {
  const source = await sourceById(services.db, id);
  if (!source.enabled) throw failed();
  return source;
}

/** What is wrong with the source is told to the administrator, in the log. */
async function told<T>({ log, db }: Services, source: IdentitySource, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof SourceTrouble)) throw error;
    log.warn({ source: source.id, error: error.message }, 'single sign-on did not succeed');
    await recordEvents(db, system, { kind: 'sign_in_failed', objectType: 'identity_sources', objectId: source.id });
    throw failed();
  }
}

const failed = () => failure('source_failed', 'Try again, or sign in another way.');
