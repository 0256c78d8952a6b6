import { v7 } from 'uuid';

import { openWith, sealWith } from '../connectors/hsm/envelope.ts';
import type { Hsm } from '../connectors/hsm/hsm.ts';
import type { SecretCodeStore } from '../db/stores/secret-codes.ts';
import { system, type ActorRef } from '../domain/actor.ts';
import { failure } from '../domain/errors.ts';
import type { KeyRing } from '../domain/key-ring.ts';
import type { SecretCodeKind, SecretCodeState } from '../domain/secret-code-state.ts';
import { randomActivationCode, randomPin } from './random-code.ts';

interface Deps {
  hsm: Pick<Hsm, 'random'>;
  /** Data keys of the purpose `codes`. */
  keys: KeyRing;
  codes: SecretCodeStore;
}

interface NewCode {
  deviceId: string;
  requestId: string;
  expiresAt?: Date;
}

interface CodeOf {
  deviceId: string;
  kind: SecretCodeKind;
}

/** The way of a code to its use, one state after the other. */
const towardsUse: Partial<Record<SecretCodeState, SecretCodeState>> = {
  generated: 'assigned',
  printed: 'assigned',
  exported: 'assigned',
  assigned: 'delivered',
  delivered: 'used',
  revealed: 'used',
};

/**
 * The secret codes of devices. They are made here from the HSM's random bytes and stored encrypted; in clear they exist only between `open` and
 * the card, the PIN mailer or the mail. They are never part of a result, an error or a log.
 */
export function secrets({ hsm, keys, codes }: Deps) {
  const keep = async (kind: SecretCodeKind, { deviceId, requestId, expiresAt }: NewCode, plain: string): Promise<void> => {
    const id = v7();
    const keyId = keys.current;
    const ciphertext = sealWith(await keys.key(keyId), Buffer.from(plain), contextOf(id, kind));
    // If there is a live code of this kind it stays: what was made before a crash may be on the card already.
    await codes.create({ id, kind, deviceId, requestId, ciphertext, keyId, ...(expiresAt && { expiresAt }) });
  };
  return {
    ensurePin: async (code: NewCode, length: number) => keep('pin', code, await randomPin(hsm.random, length)),
    ensurePuk: async (code: NewCode) => keep('puk', code, await randomPin(hsm.random, 8)),
    ensureActivationCode: async (code: NewCode) => keep('activation', code, await randomActivationCode(hsm.random)),

    /** The live code of the device. */
    async open({ deviceId, kind }: CodeOf): Promise<{ id: string; plain: string }> {
      const code = await codes.live({ deviceId, kind });
      if (!code?.ciphertext) throw failure('not_found', `The device has no ${kind} code any more.`);
      const plain = openWith(await keys.key(code.keyId), code.ciphertext, contextOf(code.id, kind));
      return { id: code.id, plain: plain.toString() };
    },

    /** The code is on its card, or on its way to the holder. */
    async assign({ deviceId, kind }: CodeOf): Promise<void> {
      const code = await codes.live({ deviceId, kind });
      if (code?.state === 'generated') await codes.move({ by: system, id: code.id, to: 'assigned' });
    },

    /** The holder has it. */
    async delivered({ deviceId, kind }: CodeOf): Promise<void> {
      const code = await codes.live({ deviceId, kind });
      if (code?.state === 'assigned') await codes.move({ by: system, id: code.id, to: 'delivered' });
    },

    /** The code is good for nothing from now on. */
    async annul({ by, deviceId, kind }: CodeOf & { by: ActorRef }): Promise<void> {
      const code = await codes.live({ deviceId, kind });
      if (code) await codes.move({ by, id: code.id, to: 'void' });
    },

    /** The code has done its work and is forgotten. */
    async useUp({ by, deviceId, kind }: CodeOf & { by: ActorRef }): Promise<void> {
      for (let code = await codes.live({ deviceId, kind }); code; code = await codes.live({ deviceId, kind }))
        await codes.move({ by, id: code.id, to: towardsUse[code.state] ?? 'void' });
    },

    /** Seals a document, such as a PIN mailer, under the same keys. */
    async seal(id: string, kind: string, plain: Buffer): Promise<{ keyId: string; ciphertext: Buffer }> {
      const keyId = keys.current;
      return { keyId, ciphertext: sealWith(await keys.key(keyId), plain, contextOf(id, kind)) };
    },
  };
}
export type Secrets = ReturnType<typeof secrets>;

/** Binds a ciphertext to its row: it cannot be copied to another, nor pass for a code of another kind. */
const contextOf = (id: string, kind: string) => Buffer.from(`${id}|${kind}`);
