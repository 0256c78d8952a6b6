import type { Context } from 'koa';

import type { SignedIn } from '../../db/reads/actor.ts';

/** One way to know who calls: the actor as it is now with the account behind it, or undefined when the call carries nothing of this kind. */
export type Authenticator = (ctx: Context) => Promise<SignedIn | undefined>;
