import { Model } from 'objection';

import type { AuthenticationMethod } from '../../domain/authentication.ts';

/** A signed-in browser. */
export class Session extends Model {
  static override tableName = 'sessions';
  static override idColumn = 'idHash';

  /** SHA-256 of the opaque id in the cookie. */
  declare idHash: Buffer;
  declare id: string;
  declare accountId: string;
  declare createdAt: Date;
  declare lastSeenAt: Date;
  declare expiresAt: Date;
  declare remoteAddress: string;
  declare userAgent: string;
  declare methods: AuthenticationMethod[];
  /** When the person proved last who they are. */
  declare authenticatedAt: Date;
}
