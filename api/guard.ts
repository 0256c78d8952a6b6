import type { Context } from 'koa';
import type { Knex } from 'knex';

import { permits, refOf, type Actor } from '../domain/actor.ts';
import { failure } from '../domain/errors.ts';
import { describeRule } from '../domain/separation.ts';
import type { SignedIn } from '../db/reads/actor.ts';
import { recordEvents } from '../db/transaction.ts';
import { proofWaysOf } from '../db/reads/account.ts';
import type { Authenticator } from './auth/authenticator.ts';
import { lacksSecondFactor } from './auth/me.ts';
import { refusal } from './errors.ts';
import type { AnyOperation, Guard } from './operation.ts';
import type { Services, Settings } from './services.ts';

export interface GuardedOperation {
  name: string;
  operation: AnyOperation;
}

/** The one place where a permission is checked. Resolves the actor anew each time, so what was taken away counts from the next call on. */
export class OperationGuard {
  private readonly authenticators: readonly Authenticator[];
  private readonly db: Knex;
  private readonly settings: Settings;

  constructor(authenticators: readonly Authenticator[], { db, settings }: Pick<Services, 'db' | 'settings'>) {
    this.authenticators = authenticators;
    this.db = db;
    this.settings = settings;
  }

  /** Who calls, or undefined for a public operation. Throws `not_signed_in`, after recording it `forbidden`, or what must be proven first. */
  async admit(ctx: Context, { name, operation }: GuardedOperation): Promise<SignedIn | undefined> {
    const guard = operation.permission;
    if (guard === 'public') return undefined;
    const identity = await this.identify(ctx);
    if (!identity) throw failure('not_signed_in', 'Sign in and try again.');
    ctx.state.actor = identity.actor.id;
    if (holds(identity.actor, guard)) {
      if (identity.actor.via === 'api_key' && operation.method !== 'get') await this.recordUse(ctx, identity.actor, name);
      if (guard !== 'signed_in' && lacksSecondFactor(identity, this.settings))
        throw failure('second_factor_required', 'Set up a second factor under Account, or sign in with a certificate.');
      if (operation.stepUp && identity.actor.via === 'session' && !identity.fresh)
        throw refusal('step_up_needed', 'Prove who you are, then do it again.', { ways: await proofWaysOf(this.db, identity.accountId) });
      return identity;
    }
    await this.recordDenial(ctx, identity.actor, name);
    if (guard === 'signed_in') throw failure('forbidden', 'An API key cannot do this. Sign in and try again.');
    const rule = identity.actor.kind === 'operator' && identity.actor.withheld?.find(({ permission }) => permission === guard)?.rule;
    if (rule)
      throw failure(
        'duties_conflict',
        `Separation of duties: ${describeRule(rule)}, and you do. Ask an administrator to take one of the two.`,
      );
    throw failure('forbidden', `This needs the permission ${guard}. Ask an administrator of your unit if you should have it.`);
  }

  /** Denials found later than here (separation of duties) are recorded in the same form. */
  recordDenial(ctx: Context, actor: Actor, name: string): Promise<void> {
    const detail = { ...aboutCall(ctx), ...(actor.via === 'api_key' && { apiKey: actor.sessionId }) };
    return recordEvents(this.db, refOf(actor), { kind: 'access_denied', objectType: 'operations', objectId: name, detail });
  }

  /** The changes that follow are recorded as its owner's: this says that it was an application. */
  private recordUse(ctx: Context, actor: Actor, name: string): Promise<void> {
    const detail = { ...aboutCall(ctx), operation: name };
    return recordEvents(this.db, refOf(actor), { kind: 'api_key_used', objectType: 'api_keys', objectId: actor.sessionId, detail });
  }

  private async identify(ctx: Context): Promise<SignedIn | undefined> {
    for (const authenticate of this.authenticators) {
      const identity = await authenticate(ctx);
      if (identity) return identity;
    }
    return undefined;
  }
}

const aboutCall = (ctx: Context) => ({ path: ctx.path, requestId: String(ctx.state.requestId) });

/** `own.` permissions are about the actor's own devices and so belong to holders; an operator never has them, whatever a role says. */
function holds(actor: Actor, guard: Guard): boolean {
  if (guard === 'signed_in') return actor.via === 'session';
  if (guard === 'public' || guard.startsWith('own.') !== (actor.kind === 'holder')) return guard === 'public';
  return permits(actor, guard);
}
