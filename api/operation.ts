import type { z } from 'zod';

import type { SignedIn } from '../db/reads/actor.ts';
import type { Actor, OperatorActor } from '../domain/actor.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Permission } from '../domain/permissions.ts';
import type { Client } from './client.ts';
import type { Services } from './services.ts';

/** Who may call: a permission, anybody at all, or whoever is signed in by a session (an API key is not).
 * There is no default, so nothing is open by omission. */
export type Guard = Permission | 'public' | 'signed_in';

export type HolderActor = Extract<Actor, { kind: 'holder' }>;

/** What the guard has proved about the caller once `handle` runs: `own.` permissions are holders', all others operators'. */
export type ActorOf<G extends Guard> = G extends 'public'
  ? Actor | undefined
  : G extends 'signed_in'
    ? Actor
    : G extends `own.${string}`
      ? HolderActor
      : OperatorActor;

/** One call, parsed and allowed. */
export interface Call<G extends Guard, P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, E extends boolean> {
  params: z.output<P>;
  query: z.output<Q>;
  body: z.output<B>;
  /** Of an operation that takes one; otherwise empty. */
  file: Buffer;
  actor: ActorOf<G>;
  /** The account behind the actor, and how it was proven. */
  identity: G extends 'public' ? SignedIn | undefined : SignedIn;
  /** The `version` the caller edits (If-Match); always there when the operation says `edits`. */
  ifMatch: E extends true ? number : undefined;
  /** Unique for this intent: the caller's Idempotency-Key bound to the actor, else made for this call. */
  idempotencyKey: string;
  /** Id for what the call makes: the same when it is sent again, also after a crash between the effect and the answer. */
  newId: string;
  client: Client;
  /** Asks the guard again, for answers that go on for hours. Throws when the call would now be refused. */
  reauthorize: () => Promise<Actor | undefined>;
}

type Nothing = z.ZodObject<Record<never, never>>;

export type ResponseType =
  | 'application/json'
  | 'text/csv'
  | 'image/jpeg'
  | 'application/pdf'
  | 'application/x-pem-file'
  | 'application/samlmetadata+xml'
  | 'text/event-stream';

/** One declaration: routing, guard, parsing, answer and OpenAPI are all derived from it. */
export interface Operation<
  G extends Guard,
  P extends z.ZodType = Nothing,
  Q extends z.ZodType = Nothing,
  B extends z.ZodType = Nothing,
  R extends z.ZodType = z.ZodVoid,
  E extends boolean = false,
> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  path: `/${string}`;
  summary: string;
  permission: G;
  params?: P;
  query?: Q;
  body?: B;
  /** JSON unless said otherwise. A form can be sent by any site: see `takesForms`. */
  requestType?: 'application/x-www-form-urlencoded';
  /** The body is bytes, sent as application/octet-stream, at most 8 MB. */
  takesFile?: true;
  /** Absent: 204. A `version` in the answer becomes its ETag. */
  response?: R;
  /** JSON unless said otherwise; other kinds are bytes or a stream and pass unparsed. */
  responseType?: ResponseType;
  /** 200, or 204 without a response. 303: the response is the address to which the browser goes on. */
  status?: 200 | 201 | 303;
  /** The call edits a version: without If-Match it is refused (428). */
  edits?: E;
  /** The answer holds a secret that is shown once: it is not kept for the same call sent again. */
  answersOnce?: true;
  /** Dangerous: who does it by a session must have proven within five minutes who they are (`step_up_needed`). */
  stepUp?: true;
  /** Refusals beside those that every operation of its kind may give (`openapi-problems.ts`). */
  refusals?: readonly ErrorCode[];
  handle(call: Call<G, P, Q, B, E>, services: Services): Promise<z.input<R>>;
}

/** An operation of whatever shape, as it stands in a list. */
export type AnyOperation = Operation<Guard, z.ZodType, z.ZodType, z.ZodType, z.ZodType, boolean>;

export const operation = <
  G extends Guard,
  P extends z.ZodType = Nothing,
  Q extends z.ZodType = Nothing,
  B extends z.ZodType = Nothing,
  R extends z.ZodType = z.ZodVoid,
  E extends boolean = false,
>(
  o: Operation<G, P, Q, B, R, E>,
): Operation<G, P, Q, B, R, E> => o;
