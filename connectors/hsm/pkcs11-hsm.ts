import pkcs11 from 'pkcs11js';

import type { KeySpec, Signer } from '../../domain/signer.ts';
import { withCreationLock } from './creation-lock.ts';
import type { Hsm, HsmConfig, Sealed } from './hsm.ts';
import type { KeyPair } from './pkcs11-keys.ts';
import { keyMissing } from './known-signer.ts';
import { findKeyPair, generateKeyPair, signWith } from './pkcs11-keys.ts';
import type { Handle } from './pkcs11-module.ts';
import { unpadded } from './pkcs11-module.ts';
import { destroyObjects, findObjects } from './pkcs11-objects.ts';
import type { PooledSession, SessionPool } from './session-pool.ts';
import { sessionPool } from './session-pool.ts';
import { generateWrappingKey, seal, unseal } from './wrapping-key.ts';

/** The token is opened when it is first used, so a process can start while it is away. Throws only when there is no such module. */
export const openHsm = (config: HsmConfig): Hsm => new Pkcs11Hsm(config, sessionPool(config));

class Pkcs11Hsm implements Hsm {
  private readonly config: HsmConfig;
  private readonly pool: SessionPool;
  private readonly keyPairs = new HandleCache(findKeyPair);
  private readonly secretKeys = new HandleCache((session, label) => findObjects(session, { class: pkcs11.CKO_SECRET_KEY, label })[0]);

  constructor(config: HsmConfig, pool: SessionPool) {
    this.config = config;
    this.pool = pool;
  }

  async signer(label: string, create?: KeySpec): Promise<Signer | undefined> {
    const known = await this.keyPair(label);
    if (known) return this.signerOf(label, known);
    if (!create) return undefined;
    return this.signerOf(label, await this.creating(() => this.createKeyPair(label, create)));
  }

  private keyPair(label: string): Promise<KeyPair | undefined> {
    return this.pool.use(async (session) => this.keyPairs.get(session, label));
  }

  private createKeyPair(label: string, spec: KeySpec): Promise<KeyPair> {
    return this.pool.use(async (session) => {
      const made = this.keyPairs.get(session, label);
      if (made) return made;
      // One half alone was left by a generation that was cut off. Nothing was ever signed with it.
      destroyObjects(session, { class: pkcs11.CKO_PUBLIC_KEY, label });
      destroyObjects(session, { class: pkcs11.CKO_PRIVATE_KEY, label });
      await generateKeyPair(session, label, spec);
      return this.keyPairs.get(session, label) ?? failing(label);
    });
  }

  private signerOf(label: string, { spec, spki }: KeyPair): Signer {
    const sign = (data: Buffer) =>
      this.pool.use(async (session) => {
        const key = this.keyPairs.get(session, label);
        // A certificate was made for the key of `spki`: a signature by another one would be worthless.
        if (!key?.spki.equals(spki)) throw keyMissing(label);
        return signWith(session, key, data);
      });
    return { spec, spki, sign };
  }

  async ensureWrappingKey(label: string): Promise<void> {
    const known = await this.pool.use(async (session) => this.secretKeys.get(session, label));
    if (!known) await this.creating(() => this.createWrappingKey(label));
  }

  private createWrappingKey(label: string): Promise<Handle> {
    return this.pool.use(async (session) => {
      if (!this.secretKeys.get(session, label)) await generateWrappingKey(session, label);
      return this.secretKeys.get(session, label) ?? failing(label);
    });
  }

  private creating<T>(work: () => Promise<T>): Promise<T> {
    return withCreationLock(JSON.stringify([this.config.module, this.config.tokenLabel]), work);
  }

  async wrap(label: string, plain: Buffer, aad: Buffer): Promise<Sealed> {
    return this.pool.use((session) => seal(session, this.wrappingKey(session, label), { plain, aad }));
  }

  async unwrap(label: string, sealed: Sealed, aad: Buffer): Promise<Buffer> {
    return this.pool.use((session) => unseal(session, this.wrappingKey(session, label), { sealed, aad }));
  }

  private wrappingKey(session: PooledSession, label: string): Handle {
    const key = this.secretKeys.get(session, label);
    if (!key) throw keyMissing(label);
    return key;
  }

  async random(length: number): Promise<Buffer> {
    return this.pool.use(async ({ module, session }) => module.C_GenerateRandom(session, Buffer.alloc(length)));
  }

  async status(): Promise<{ token: string; serial: string; model: string; sessions: number }> {
    return this.pool.use(async ({ module, session }) => {
      const { slotID } = module.C_GetSessionInfo(session);
      const { label, serialNumber, model } = module.C_GetTokenInfo(slotID);
      return { token: unpadded(label), serial: unpadded(serialNumber), model: unpadded(model), sessions: this.config.sessions };
    });
  }

  async close(): Promise<void> {
    this.pool.close();
  }
}

const failing = (label: string): never => {
  throw new Error(`the token made the key ${label} and does not find it`);
};

/** What was found under a label, good for one login: finding costs milliseconds on a full token, signing a tenth of one. */
class HandleCache<T> {
  private readonly find: (session: PooledSession, label: string) => T | undefined;
  private readonly found = new Map<string, T>();
  private login = 0;

  constructor(find: (session: PooledSession, label: string) => T | undefined) {
    this.find = find;
  }

  get(session: PooledSession, label: string): T | undefined {
    if (session.login > this.login) {
      this.found.clear();
      this.login = session.login;
    }
    const known = session.login === this.login ? this.found.get(label) : undefined;
    return known ?? this.search(session, label);
  }

  private search(session: PooledSession, label: string): T | undefined {
    const result = this.find(session, label);
    if (result !== undefined && session.login === this.login) this.found.set(label, result);
    return result;
  }
}
