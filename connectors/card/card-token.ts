import { createHash, timingSafeEqual } from 'node:crypto';

import pkcs11 from 'pkcs11js';

import { failure } from '../../domain/errors.ts';
import type { Handle, Pkcs11Module, TokenSession } from '../hsm/pkcs11-module.ts';
import { codeOf, openSession, unpadded } from '../hsm/pkcs11-module.ts';
import type { RetryCounters, Secret } from './retry-counters.ts';

const users = { pin: pkcs11.CKU_USER, puk: pkcs11.CKU_SO } as const;

/** What a token answers to a secret that is simply wrong. */
const wrong: ReadonlySet<number | undefined> = new Set([pkcs11.CKR_PIN_INCORRECT, pkcs11.CKR_PIN_LEN_RANGE, pkcs11.CKR_PIN_INVALID]);

/** The token of the card that is in: one session, and the retry counters around every verification. Lives until the card is pulled. */
export class CardToken {
  readonly module: Pkcs11Module;
  private readonly counters: RetryCounters;
  private session: Handle | undefined;
  private loggedIn: { secret: Secret; digest: Buffer } | undefined;

  constructor(module: Pkcs11Module, counters: RetryCounters) {
    this.module = module;
    this.counters = counters;
  }

  /** The slot of the card: that of its token, or the empty one of a blank card. */
  slot(): Handle {
    const slots = this.module.C_GetSlotList(true);
    const slot = slots.find((candidate) => this.flagsOf(candidate) & pkcs11.CKF_TOKEN_INITIALIZED) ?? slots[0];
    if (!slot) throw failure('card_fault', 'The card shows no token. Take another card.');
    return slot;
  }

  private flagsOf(slot: Handle): number {
    return this.module.C_GetTokenInfo(slot).flags;
  }

  label(): string {
    return unpadded(this.module.C_GetTokenInfo(this.slot()).label);
  }

  /** Whether an initialisation ran to its end: the PIN is what it sets last. */
  complete(): boolean {
    const whole = pkcs11.CKF_TOKEN_INITIALIZED | pkcs11.CKF_USER_PIN_INITIALIZED;
    return (this.flagsOf(this.slot()) & whole) === whole;
  }

  /** Makes the token of a blank card. The PIN comes last: it is what tells a whole card from one that was cut off. */
  create({ label, puk, pin }: { label: string; puk: string; pin: string }): void {
    this.module.C_InitToken(this.slot(), puk, label);
    const { session } = this.public();
    this.module.C_Login(session, pkcs11.CKU_SO, puk);
    this.module.C_InitPIN(session, pin);
    this.module.C_Logout(session);
  }

  /** A session without rights: public objects can be read. */
  public(): TokenSession {
    this.session ??= openSession(this.module, this.slot());
    return { module: this.module, session: this.session };
  }

  /**
   * A session that has verified the PIN (PUK). As on a chip, a verification holds until the card is pulled or the other secret is
   * presented; another value is always verified. Throws `pin_incorrect`, `pin_blocked`, `puk_blocked`.
   */
  verified(secret: Secret, value: string): TokenSession {
    this.requireComplete();
    if (this.holds(secret, value)) return this.public();
    this.logout();
    const token = this.public();
    this.attempt(secret, () => this.module.C_Login(token.session, users[secret], value));
    this.loggedIn = { secret, digest: digestOf(value) };
    return token;
  }

  private requireComplete(): void {
    if (!this.complete()) throw failure('card_fault', 'The card is not initialised. Initialise it first.');
  }

  private holds(secret: Secret, value: string): boolean {
    return this.loggedIn?.secret === secret && timingSafeEqual(this.loggedIn.digest, digestOf(value));
  }

  /** One try at a secret. A fault that leaves open whether it was right costs the try, as it would on a chip. */
  attempt(secret: Secret, verify: () => void): void {
    if (!this.counters.spend(secret)) throw this.blocked(secret);
    try {
      verify();
    } catch (error) {
      throw wrong.has(codeOf(error)) ? this.refused(secret) : error;
    }
    this.counters.restore(secret);
  }

  private refused(secret: Secret): Error {
    const left = this.counters.left()[secret];
    if (left === 0) return this.blocked(secret);
    return failure('pin_incorrect', `Wrong ${secret.toUpperCase()}: ${left} ${left === 1 ? 'attempt' : 'attempts'} left.`);
  }

  private blocked(secret: Secret): Error {
    if (secret === 'pin') return failure('pin_blocked', 'The PIN is blocked. Unblock it with the PUK.');
    return failure('puk_blocked', 'The PUK is blocked: the card cannot be used any more. Replace it.');
  }

  /** Ends the verification, as a chip does at reset. */
  logout(): void {
    if (this.loggedIn && this.session) this.module.C_Logout(this.session);
    this.loggedIn = undefined;
  }

  /** Ends the session: C_InitToken refuses while one is open. */
  close(): void {
    this.logout();
    if (this.session) this.module.C_CloseSession(this.session);
    this.session = undefined;
  }
}

const digestOf = (value: string): Buffer => createHash('sha256').update(value, 'utf8').digest();
