import { createHash, randomBytes } from 'node:crypto';

import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';

import type { AuthenticationMethod } from '../../domain/authentication.ts';
import { loadActor, type SignedIn } from '../../db/reads/actor.ts';
import { sessionStore } from '../../db/stores/sessions.ts';
import { cookieName, type Client } from '../client.ts';
import type { Authenticator } from './authenticator.ts';

const absoluteHours = 12;

/** The table keeps only the SHA-256: who reads it cannot sign in. The id has 256 random bits, so no slow hash is needed. */
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Whose session, and how they proved it. */
export interface Proven {
  accountId: string;
  methods: readonly AuthenticationMethod[];
}

/** Opens a session under a new id, ends the one that the client came with (session fixation), and answers who is signed in now. */
export async function openSession(db: Knex, { accountId, methods }: Proven, client: Client): Promise<SignedIn> {
  const token = randomBytes(32).toString('base64url');
  await closeSession(db, client);
  await sessionStore(db).open({
    accountId,
    methods,
    id: uuid(),
    idHash: hashOf(token),
    lifetimeHours: absoluteHours,
    remoteAddress: client.address,
    userAgent: client.userAgent,
  });
  const opened = await loadActor(db, hashOf(token));
  if (!opened) throw new Error('a session that was just opened is not there');
  client.session.set(token);
  return opened;
}

/** What names the session of a call that was admitted by one. */
export const sessionHash = ({ session }: Client): Buffer => hashOf(session.token ?? '');

/** Ends the client's session, if it has one. */
export async function closeSession(db: Knex, client: Client): Promise<void> {
  if (client.session.token !== undefined) await sessionStore(db).close({ idHash: hashOf(client.session.token) });
}

const noteUseEveryMs = 60_000;

/** True when a use must be noted again. A clock that was set back must not keep the use unknown. */
export const isLongAgo = (lastSeenAt: Date): boolean => Math.abs(Date.now() - lastSeenAt.getTime()) > noteUseEveryMs;

/** Notes that the session was used, which moves its idle end; once a minute is enough. Streams do not count as use. */
export async function touchSession(db: Knex, client: Client, lastSeenAt: Date): Promise<void> {
  const { token } = client.session;
  if (token !== undefined && isLongAgo(lastSeenAt)) await sessionStore(db).touch({ idHash: hashOf(token) });
}

/** Whoever holds a live session cookie. */
export const sessionAuthenticator =
  (db: Knex, publicUrl: string): Authenticator =>
  async (ctx) => {
    const token = ctx.cookies.get(cookieName(publicUrl));
    return token === undefined ? undefined : loadActor(db, hashOf(token));
  };
