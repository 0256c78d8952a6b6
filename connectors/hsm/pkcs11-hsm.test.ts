import { execFile } from 'node:child_process';
import { createDecipheriv, createPublicKey, verify } from 'node:crypto';
import { renameSync } from 'node:fs';
import { promisify } from 'node:util';

import pkcs11 from 'pkcs11js';
import { afterAll, describe, expect, test } from 'vitest';

import { errorCodeOf } from '../../domain/errors.ts';
import type { KeySpec, Signer } from '../../domain/signer.ts';
import type { Hsm, HsmConfig } from './hsm.ts';
import { openHsm } from './pkcs11-hsm.ts';
import { loadModule, mapLibrary, unpadded } from './pkcs11-module.ts';
import { SOFTHSM, testTokens } from './test-token.ts';

const tokens = testTokens();
const PIN = '648201';
for (const label of ['main', 'gone', 'race']) tokens.create(label, PIN);

const config = (tokenLabel: string): HsmConfig => ({ module: SOFTHSM, tokenLabel, pin: PIN, sessions: 4 });
const open: Hsm[] = [];
const hsmOf = async (overrides: Partial<HsmConfig> & { tokenLabel: string }): Promise<Hsm> => {
  const hsm = openHsm({ ...config(overrides.tokenLabel), ...overrides });
  open.push(hsm);
  return hsm;
};
/** Asks again until there is an answer: a token that was away is left alone for a moment. */
async function persistently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (errorCodeOf(error) !== 'hsm_unavailable') throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
const codeOfRejection = (work: Promise<unknown>) => work.then(() => 'no error', errorCodeOf);
const slotOf = (label: string) => {
  const { module } = loadModule(SOFTHSM);
  return module.C_GetSlotList(true).find((slot) => unpadded(module.C_GetTokenInfo(slot).label) === label) as Buffer;
};

afterAll(async () => {
  for (const hsm of open) await hsm.close();
  tokens.remove();
});

/** What domain/signer.ts promises of a signature, checked by OpenSSL. */
const verified = (signer: Signer, data: Buffer, signature: Buffer) =>
  verify(
    signer.spec === 'P-384' ? 'sha384' : 'sha256',
    data,
    createPublicKey({ key: signer.spki, format: 'der', type: 'spki' }),
    signature,
  );

describe('signing keys', () => {
  test.each<KeySpec>(['P-256', 'P-384', 'RSA-2048', 'RSA-3072'])('a %s key signs in the form of the Signer contract', async (spec) => {
    const hsm = await hsmOf({ tokenLabel: 'main' });
    const signer = (await hsm.signer(`sign-${spec}`, spec)) as Signer;
    expect(signer.spec).toBe(spec);
    for (let i = 0; i < 20; i++) {
      const data = Buffer.from(`message ${i}`);
      expect(verified(signer, data, await signer.sign(data))).toBe(true);
    }
    expect((await hsm.signer(`sign-${spec}`))?.spki).toEqual(signer.spki);
  });

  test('a key that is absent and not asked for is undefined', async () => {
    expect(await (await hsmOf({ tokenLabel: 'main' })).signer('nobody')).toBeUndefined();
  });

  test('twenty signatures at once share four sessions', async () => {
    const signer = (await (await hsmOf({ tokenLabel: 'main' })).signer('many', 'P-256')) as Signer;
    const data = Buffer.from('all at once');
    const signatures = await Promise.all(Array.from({ length: 20 }, () => signer.sign(data)));
    expect(signatures.every((signature) => verified(signer, data, signature))).toBe(true);
  });

  test('keys are sensitive and cannot be extracted', async () => {
    await (await hsmOf({ tokenLabel: 'main' })).signer('sealed', 'P-256');
    const { module } = loadModule(SOFTHSM);
    const session = module.C_OpenSession(slotOf('main'), pkcs11.CKF_SERIAL_SESSION);
    module.C_FindObjectsInit(session, [
      { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY },
      { type: pkcs11.CKA_LABEL, value: 'sealed' },
    ]);
    const [key] = module.C_FindObjects(session, 1) as [Buffer];
    module.C_FindObjectsFinal(session);
    const flags = module.C_GetAttributeValue(session, key, [{ type: pkcs11.CKA_SENSITIVE }, { type: pkcs11.CKA_EXTRACTABLE }]);
    expect(flags.map(({ value }) => value[0])).toEqual([1, 0]);
    expect(() => module.C_GetAttributeValue(session, key, [{ type: pkcs11.CKA_VALUE }])).toThrow('CKR_ATTRIBUTE_SENSITIVE');
    module.C_CloseSession(session);
  });

  test('three processes that create one key at once get the same', async () => {
    const script = `
      import { openHsm } from ${JSON.stringify(new URL('pkcs11-hsm.ts', import.meta.url).href)};
      const hsm = openHsm(${JSON.stringify(config('race'))});
      const [signer] = await Promise.all([hsm.signer('raced', 'RSA-2048'), hsm.signer('raced', 'RSA-2048')]);
      console.log(signer.spki.toString('hex'));
      await hsm.close();`;
    const runs = Array.from({ length: 3 }, () => promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', script]));
    const keys = (await Promise.all(runs)).map(({ stdout }) => stdout);
    expect(new Set(keys).size).toBe(1);
    const signer = (await (await hsmOf({ tokenLabel: 'race' })).signer('raced')) as Signer;
    expect(`${signer.spki.toString('hex')}\n`).toBe(keys[0]);
  });
});

describe('wrapping', () => {
  const aad = Buffer.from('secret_codes/1');

  test('opens with the same context only, and not when changed', async () => {
    const hsm = await hsmOf({ tokenLabel: 'main' });
    await Promise.all([hsm.ensureWrappingKey('kek'), hsm.ensureWrappingKey('kek')]);
    const plain = await hsm.random(32);
    const sealed = await hsm.wrap('kek', plain, aad);
    expect(sealed).toHaveLength(12 + 32 + 16);
    expect(await hsm.unwrap('kek', sealed, aad)).toEqual(plain);
    await expect(hsm.unwrap('kek', sealed, Buffer.from('secret_codes/2'))).rejects.toThrow('does not open');
    for (const at of [0, 12, 43, 59]) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      await expect(hsm.unwrap('kek', changed, aad)).rejects.toThrow('does not open');
    }
    await expect(hsm.unwrap('kek', sealed.subarray(0, 20), aad)).rejects.toThrow('does not open');
  });

  test('is AES-256-GCM with the context as additional data', async () => {
    const { module } = loadModule(SOFTHSM);
    const { seal } = await import('./wrapping-key.ts');
    const session = module.C_OpenSession(slotOf('main'), pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION);
    const value = Buffer.alloc(32, 7);
    const key = module.C_CreateObject(session, [
      { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_SECRET_KEY },
      { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_AES },
      { type: pkcs11.CKA_VALUE, value },
      { type: pkcs11.CKA_ENCRYPT, value: true },
    ]);
    const sealed = await seal({ module, session }, key, { plain: Buffer.from('plain'), aad });
    const open = createDecipheriv('aes-256-gcm', value, sealed.subarray(0, 12)).setAAD(aad).setAuthTag(sealed.subarray(-16));
    expect(Buffer.concat([open.update(sealed.subarray(12, -16)), open.final()]).toString()).toBe('plain');
    module.C_CloseSession(session);
  });
});

describe('a token that goes away', () => {
  test('sessions closed and logged out behind our back are opened again, also under load', async () => {
    const hsm = await hsmOf({ tokenLabel: 'main' });
    const signer = (await hsm.signer('phoenix', 'P-256')) as Signer;
    const intruder = mapLibrary(SOFTHSM);
    const data = Buffer.from('still here');
    for (let round = 0; round < 5; round++) {
      const running = Array.from({ length: 20 }, () => signer.sign(data));
      intruder.C_CloseAllSessions(slotOf('main'));
      const signatures = await Promise.all([...running, ...Array.from({ length: 20 }, () => signer.sign(data))]);
      expect(signatures.every((signature) => verified(signer, data, signature))).toBe(true);
    }
    expect(await hsm.status()).toMatchObject({ token: 'main', sessions: 4 });
  });

  test('an operation that was left half done does not poison its session', async () => {
    const hsm = await hsmOf({ tokenLabel: 'main', sessions: 1 });
    await hsm.ensureWrappingKey('kek');
    const signer = (await hsm.signer('clean', 'P-256')) as Signer;
    await expect(hsm.unwrap('kek', Buffer.alloc(40), Buffer.alloc(0))).rejects.toThrow();
    expect(verified(signer, Buffer.from('x'), await signer.sign(Buffer.from('x')))).toBe(true);
  });

  test('is unavailable while away and works when it is back', async () => {
    const { module } = loadModule(SOFTHSM);
    const hsm = await hsmOf({ tokenLabel: 'gone' });
    const signer = (await hsm.signer('returning', 'P-256')) as Signer;
    renameSync(tokens.dir, `${tokens.dir}.away`);
    module.C_Finalize();
    try {
      expect(await Promise.all(Array.from({ length: 6 }, () => codeOfRejection(signer.sign(Buffer.from('x')))))).toEqual(
        Array(6).fill('hsm_unavailable'),
      );
      expect(await codeOfRejection(hsm.status())).toBe('hsm_unavailable');
    } finally {
      renameSync(`${tokens.dir}.away`, tokens.dir);
    }
    expect(verified(signer, Buffer.from('x'), await persistently(() => signer.sign(Buffer.from('x'))))).toBe(true);
  });

  test('a token that is made later is found by a later attempt', async () => {
    for (const hsm of open.splice(0)) await hsm.close();
    const hsm = await hsmOf({ tokenLabel: 'late' });
    expect(await codeOfRejection(hsm.status())).toBe('hsm_unavailable');
    tokens.create('late', PIN);
    expect(await persistently(() => hsm.status())).toMatchObject({ token: 'late', model: 'SoftHSM v2' });
  });
});
