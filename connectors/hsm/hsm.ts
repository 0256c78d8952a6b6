import type { KeySpec, Signer } from '../../domain/signer.ts';

/** AES-256-GCM result: 12-byte IV, ciphertext, 16-byte tag, in this order in one buffer. */
export type Sealed = Buffer;

/**
 * The hardware security module: one PKCS#11 token with the CA's, the audit's and the wrapping keys.
 *
 * Errors: `failure('hsm_unavailable')` when the token is gone, the session is lost and cannot be opened again, or it is too slow;
 * `failure('hsm_key_missing')` when the token does not hold the key; `failure('hsm_pin_incorrect')` when it refuses the PIN, which is not
 * given again before its file changes, so that no retry above can lock the token. While the token is away it is asked at most every two
 * seconds, however many calls there are: the others get the same error at once.
 */
export interface Hsm {
  /** The signing key with this label, made if `create` says of what kind. Undefined if absent. */
  signer(label: string, create?: KeySpec): Promise<Signer | undefined>;
  /** Makes the AES-256 wrapping key (sensitive, not extractable) if absent. */
  ensureWrappingKey(label: string): Promise<void>;
  /** AES-256-GCM under the wrapping key; `aad` binds the context and must be given again to open. */
  wrap(label: string, plain: Buffer, aad: Buffer): Promise<Sealed>;
  unwrap(label: string, sealed: Sealed, aad: Buffer): Promise<Buffer>;
  /** Bytes of the HSM's random generator. */
  random(length: number): Promise<Buffer>;
  status(): Promise<{ token: string; serial: string; model: string; sessions: number }>;
  close(): Promise<void>;
}

/** Where the module is and how to open its token. Secrets come from files or the environment, never from a default. */
export interface HsmConfig {
  /** Path of the PKCS#11 module. */
  module: string;
  tokenLabel: string;
  pin: string;
  /** Where the PIN came from, if that was a file: it is read anew at each login, so a corrected file counts without a new start. */
  pinFile?: string | undefined;
  /** Concurrent sessions; 4 suits SoftHSM. */
  sessions: number;
}
