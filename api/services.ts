import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { Logger } from 'pino';

import type { Hsm } from '../connectors/hsm/hsm.ts';
import type { Presence } from '../db/presence.ts';
import type { KeyRing } from '../domain/key-ring.ts';
import type { Attempts } from './auth/attempts.ts';
import type { Changes } from './changes.ts';
import type { Health } from '../connectors/monitor/health.ts';

/** What is the same for every call and no secret. */
export interface Settings {
  profile: 'demo' | 'test' | 'production';
  /** Whether who may cause issuance must show more than a password. */
  secondFactor: 'required' | 'optional';
  /** Where people reach the console, no slash at the end. */
  publicUrl: string;
  /** Where CRL and OCSP are published. */
  validationUrl: string;
  /** Networks whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[];
  /** Where a browser is asked for the certificate of a card; absent: nobody signs in with one. */
  cardSignInUrl: string | undefined;
}

/** What handlers work with; made once by `main.ts`. */
export interface Services {
  db: Knex;
  auditDb: Knex;
  temporal: Client;
  hsm: Pick<Hsm, 'signer' | 'ensureWrappingKey' | 'wrap' | 'unwrap' | 'random'>;
  /** Data keys of secret codes and sealed documents. */
  codeKeys: KeyRing;
  changes: Changes;
  /** That this process lives. */
  presence: Pick<Presence, 'name'>;
  health: Health;
  attempts: Attempts;
  /** Takes as long for a missing hash as for a wrong password. */
  passwordMatches: (passwordHash: string | null | undefined, password: string) => Promise<boolean>;
  /** What the TLS proxy names itself with before the client certificates it saw are believed; absent: there is no such proxy. */
  proxySecret: string | undefined;
  settings: Settings;
  log: Logger;
}
