import pkcs11 from 'pkcs11js';

import { errorCodeOf, failure } from '../../domain/errors.ts';
import type { HsmConfig } from './hsm.ts';
import type { Handle, LoadedModule, TokenSession } from './pkcs11-module.ts';
import { codeOf, loadModule, openSession, quietly } from './pkcs11-module.ts';
import { findSlot, login } from './token-login.ts';

/** A borrowed session. `login` numbers the login it belongs to: handles of private keys found under another number are dead. */
export interface PooledSession extends TokenSession {
  login: number;
}

/** Sessions of one token under one login. */
export interface SessionPool {
  /**
   * Runs `work` with a session of its own; the others wait in line. When the token has lost the session, everything is opened again and
   * `work` runs once more, so it must bear that. Throws `hsm_unavailable`, `hsm_pin_incorrect`, and what `work` throws.
   */
  use<T>(work: (session: PooledSession) => Promise<T>): Promise<T>;
  /** The slot in use, or undefined while the token is away. */
  slot(): Handle | undefined;
  close(): void;
}

/** Errors after which no session of the login can be trusted: the token was away, or the process was logged out. */
const lost: ReadonlySet<number | undefined> = new Set([
  pkcs11.CKR_SESSION_HANDLE_INVALID,
  pkcs11.CKR_SESSION_CLOSED,
  pkcs11.CKR_USER_NOT_LOGGED_IN,
  pkcs11.CKR_OBJECT_HANDLE_INVALID,
  pkcs11.CKR_KEY_HANDLE_INVALID,
  pkcs11.CKR_DEVICE_ERROR,
  pkcs11.CKR_DEVICE_REMOVED,
  pkcs11.CKR_DEVICE_MEMORY,
  pkcs11.CKR_TOKEN_NOT_PRESENT,
  pkcs11.CKR_TOKEN_NOT_RECOGNIZED,
  pkcs11.CKR_SLOT_ID_INVALID,
  pkcs11.CKR_CRYPTOKI_NOT_INITIALIZED,
  pkcs11.CKR_GENERAL_ERROR,
  pkcs11.CKR_FUNCTION_FAILED,
]);

const unavailable = () => failure('hsm_unavailable', 'The HSM does not answer. Connect it again: it is tried again by itself.');
const tooSlow = () => failure('hsm_unavailable', 'The HSM is too slow: no session was free in time. It is tried again by itself.');

/** How long a token that could not be opened, or that failed twice, is left alone: all calls of the process share one attempt. */
const REST_MS = 2_000;
/** How long a call waits in line for a session. */
const LINE_MS = 10_000;

/** `config.sessions` sessions under one login, opened when first used. */
export const sessionPool = (config: HsmConfig): SessionPool => new Pool(config);

interface Opened {
  slot: Handle;
  login: number;
}

class Pool implements SessionPool {
  private readonly config: HsmConfig;
  private readonly loaded: LoadedModule;
  private opened: Opened | undefined;
  private logins = 0;
  private busy = 0;
  private closed = false;
  /** Why the token could not be used last, and until when that answer is good enough. */
  private resting: { until: number; reason: unknown } | undefined;
  private idle: PooledSession[] = [];
  private readonly waiting: { resolve: (session: PooledSession) => void; reject: (error: unknown) => void }[] = [];

  constructor(config: HsmConfig) {
    this.config = config;
    this.loaded = loadModule(config.module);
  }

  /** Does nothing when open. One attempt, unless the last one was just now: what fails here is the caller's failure. */
  private open(): void {
    if (this.closed) throw failure('hsm_unavailable', 'The connection to the HSM was closed: the process is ending.');
    if (this.resting && performance.now() < this.resting.until) throw this.resting.reason;
    if (this.opened) return;
    try {
      this.opened = this.logIn();
    } catch (error) {
      throw this.openingFailed(error);
    }
    this.resting = undefined;
    this.loaded.pools++;
  }

  private rest(reason: unknown): unknown {
    this.resting = { until: performance.now() + REST_MS, reason };
    return reason;
  }

  private logIn(): Opened {
    const { module, path } = this.loaded;
    const slot = findSlot({ ...this.loaded, pools: this.loaded.pools + this.busy }, this.config);
    const sessions: Handle[] = [];
    try {
      for (let i = 0; i < this.config.sessions; i++) sessions.push(openSession(module, slot));
      login({ module, session: sessions[0] as Handle }, slot, { ...this.config, path });
    } catch (error) {
      for (const session of sessions) quietly(() => module.C_CloseSession(session));
      throw error;
    }
    const opened = { slot, login: ++this.logins };
    for (const session of sessions) this.giveBack({ module, session, login: opened.login });
    return opened;
  }

  /** Whoever waits for a session gets the same answer as the one who tried to open them. */
  private openingFailed(error: unknown): unknown {
    const reason = errorCodeOf(error) === undefined && codeOf(error) !== undefined ? unavailable() : error;
    for (const { reject } of this.waiting.splice(0)) reject(reason);
    return this.rest(reason);
  }

  async use<T>(work: (session: PooledSession) => Promise<T>): Promise<T> {
    try {
      return await this.once(work);
    } catch (error) {
      if (!lost.has(codeOf(error))) throw error;
    }
    try {
      return await this.once(work);
    } catch (error) {
      throw lost.has(codeOf(error)) ? this.rest(unavailable()) : error;
    }
  }

  private async once<T>(work: (session: PooledSession) => Promise<T>): Promise<T> {
    this.open();
    const session = this.idle.pop() ?? (await this.inLine());
    this.busy++;
    try {
      const result = await work(session);
      this.busy--;
      this.giveBack(session);
      return result;
    } catch (error) {
      this.busy--;
      this.afterError(session, error);
      throw error;
    }
  }

  private inLine(): Promise<PooledSession> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(place), 1);
        reject(tooSlow());
      }, LINE_MS);
      const place = {
        resolve: (session: PooledSession) => (clearTimeout(timer), resolve(session)),
        reject: (error: unknown) => (clearTimeout(timer), reject(error as Error)),
      };
      this.waiting.push(place);
    });
  }

  private giveBack(session: PooledSession): void {
    if (session.login !== this.logins || this.closed) return this.discard(session);
    const next = this.waiting.shift();
    if (next) next.resolve(session);
    else this.idle.push(session);
  }

  /** An error can leave an operation active in the session (CKR_OPERATION_ACTIVE ever after): no session survives one. */
  private afterError(session: PooledSession, error: unknown): void {
    this.discard(session);
    if (session.login !== this.logins || this.closed) return;
    if (lost.has(codeOf(error))) return this.abandon();
    try {
      this.giveBack({ ...session, session: openSession(session.module, this.opened?.slot as Handle) });
    } catch (reopening) {
      if (codeOf(reopening) === undefined) throw reopening;
      this.abandon();
    }
  }

  /** Forgets all sessions of this login, and opens new ones at once if somebody waits for one. */
  private abandon(): void {
    if (this.opened) this.loaded.pools--;
    this.opened = undefined;
    this.logins++;
    for (const session of this.idle.splice(0)) this.discard(session);
    if (this.waiting.length > 0) this.openForWaiting();
  }

  private openForWaiting(): void {
    try {
      this.open();
    } catch {
      // `openingFailed` has told everyone who waits; the caller that lost its session reports its own error.
    }
  }

  private discard({ module, session }: PooledSession): void {
    quietly(() => module.C_CloseSession(session));
  }

  slot(): Handle | undefined {
    return this.opened?.slot;
  }

  /** Sessions in use are closed when they come back. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.opened) this.loaded.pools--;
    this.opened = undefined;
    for (const session of this.idle.splice(0)) this.discard(session);
    for (const { reject } of this.waiting.splice(0)) reject(unavailable());
  }
}
