import type { KeySpec } from '../../domain/signer.ts';

/** What is on a card, as read from the card itself. */
export interface CardContent {
  serial: string;
  label: string;
  /** By slot name: SPKI of the key and the certificate written beside it. */
  slots: Record<string, { spki: Buffer; certificate: Buffer | undefined }>;
  /** By file name. */
  files: Record<string, Buffer>;
}

/**
 * A session with the one card that is in a reader. Every call is synchronous on the card, so calls never overlap.
 *
 * Expected failures (`failure` of domain/errors): `card_absent` (pulled: nothing is lost, insert it again), `card_mismatch`,
 * `card_fault`, `pin_incorrect` (message holds the attempts left), `pin_blocked`, `puk_blocked`, `pin_policy`, `not_supported`.
 * A wrong PIN is never tried again by this layer.
 */
export interface CardSession {
  readonly serial: string;
  /** Erases everything and sets PUK (security officer PIN) and PIN. Retry counters start full. */
  initialise(secrets: { label: string; puk: string; pin: string }): Promise<void>;
  /** True once `initialise` has succeeded with this label. */
  isInitialised(label: string): Promise<boolean>;
  /** Generates a key pair on the card, or returns the one already there. SPKI, DER. Needs the PIN. */
  generateKey(slot: string, spec: KeySpec, pin: string): Promise<Buffer>;
  /** PKCS#10 request signed on the card by the slot's key (proof of possession). DER. */
  certificateRequest(slot: string, pin: string): Promise<Buffer>;
  /** Writes (replaces) the certificate of a slot. */
  writeCertificate(slot: string, certificate: Buffer, pin: string): Promise<void>;
  /** Writes (replaces) a data file. */
  writeFile(name: string, content: Buffer, pin: string): Promise<void>;
  read(): Promise<CardContent>;
  /** Signs a challenge with a slot's key: the proof that the card works. ECDSA as DER, RSA as PKCS#1 v1.5. */
  sign(slot: string, data: Buffer, pin: string): Promise<Buffer>;
  verifyPin(pin: string): Promise<void>;
  changePin(oldPin: string, newPin: string): Promise<void>;
  /** Sets a new PIN with the PUK; keys survive. */
  unblockPin(puk: string, newPin: string): Promise<void>;
  attemptsLeft(): Promise<{ pin: number; puk: number }>;
  erase(puk: string): Promise<void>;
}

/** A reader at a station. One card operation at a time. */
export interface CardReader {
  readonly name: string;
  readonly capabilities: { initialise: boolean; generateKey: boolean; unblock: boolean; keySpecs: KeySpec[] };
  /** Serial of the card that is in, or undefined. */
  present(): Promise<string | undefined>;
  /** Runs `work` with the card of this serial; `card_absent` or `card_mismatch` if it is not in. Releases the card whatever happens. */
  withCard<T>(serial: string, work: (card: CardSession) => Promise<T>): Promise<T>;
}

/** A reader whose cards are files: what a hand does with a real one, this does by call. Used by the embedded stack and the tests. */
export interface VirtualReader extends CardReader {
  /** Makes a blank card (if there is none of this serial) and puts it in; the one inside goes out. */
  insert(serial: string): Promise<void>;
  pull(): Promise<void>;
}
