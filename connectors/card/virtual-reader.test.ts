import { execFileSync, spawn } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { errorCodeOf } from '../../domain/errors.ts';
import type { KeySpec } from '../../domain/signer.ts';
import { publicKeyOf } from '../../pki/public-key.ts';
import { openHsm } from '../hsm/pkcs11-hsm.ts';
import { SOFTHSM, testTokens } from '../hsm/test-token.ts';
import type { CardSession, VirtualReader } from './card.ts';
import { testCards } from './test-reader.ts';

const cards = testCards();
const PIN = '648201';
const PUK = '73910284';
let reader: VirtualReader;
let next = 1000;

beforeAll(async () => {
  reader = await cards.reader('desk');
});
afterAll(() => cards.remove());

const codeOfRejection = (work: Promise<unknown>) => work.then(() => 'no error', errorCodeOf);

/** A fresh card, in the reader. */
async function inserted(): Promise<string> {
  const serial = `6090${next++}`;
  await reader.insert(serial);
  return serial;
}

async function onNewCard<T>(work: (card: CardSession, serial: string) => Promise<T>): Promise<T> {
  const serial = await inserted();
  return reader.withCard(serial, async (card) => {
    await card.initialise({ label: serial, puk: PUK, pin: PIN });
    return work(card, serial);
  });
}

/** A certificate for this key, made by OpenSSL. */
function certificateFor(spki: Buffer, serial: string): Buffer {
  const at = (name: string) => join(cards.dir, `${serial}-${name}`);
  const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(at('ca.key'), pem);
  writeFileSync(at('card.pub'), createPublicKey({ key: spki, format: 'der', type: 'spki' }).export({ type: 'spki', format: 'pem' }));
  const args = ['x509', '-new', '-subj', '/CN=Anna Rossi', '-force_pubkey', at('card.pub'), '-key', at('ca.key'), '-outform', 'DER'];
  return execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

describe('the life of a card', () => {
  test('blank, initialised, keys, certificate, files, read back', async () => {
    const serial = await inserted();
    await reader.withCard(serial, async (card) => {
      expect(await card.isInitialised('')).toBe(false);
      expect(await codeOfRejection(card.read())).toBe('card_fault');
      await card.initialise({ label: serial, puk: PUK, pin: PIN });
      expect(await card.isInitialised(serial)).toBe(true);
      expect(await card.isInitialised('another')).toBe(false);
      const spki = await card.generateKey('authentication', 'P-256', PIN);
      expect(await card.generateKey('authentication', 'P-256', PIN)).toEqual(spki);
      const certificate = certificateFor(spki, serial);
      await card.writeCertificate('authentication', Buffer.from(certificate), PIN);
      await card.writeCertificate('authentication', certificate, PIN);
      await card.writeFile('holder', Buffer.from('old'), PIN);
      await card.writeFile('holder', Buffer.from('Łucja d’Este'), PIN);
    });
    await reader.pull();
    await reader.insert(serial);
    const content = await reader.withCard(serial, (card) => card.read());
    expect(content).toMatchObject({ serial, label: serial, files: { holder: Buffer.from('Łucja d’Este') } });
    const { spki, certificate } = content.slots['authentication'] as { spki: Buffer; certificate: Buffer };
    writeFileSync(join(cards.dir, 'read.der'), certificate);
    const key = execFileSync('openssl', ['x509', '-in', join(cards.dir, 'read.der'), '-inform', 'DER', '-noout', '-pubkey']);
    expect(createPublicKey(key).export({ type: 'spki', format: 'der' })).toEqual(spki);
  });

  test.each<KeySpec>(['P-256', 'P-384', 'RSA-2048', 'RSA-3072'])('a %s key proves possession and signs', async (spec) => {
    await onNewCard(async (card, serial) => {
      const spki = await card.generateKey('signature', spec, PIN);
      expect(publicKeyOf(spki).spec).toBe(spec);
      writeFileSync(join(cards.dir, `${serial}.csr`), await card.certificateRequest('signature', PIN));
      execFileSync('openssl', ['req', '-in', join(cards.dir, `${serial}.csr`), '-inform', 'DER', '-noout', '-verify'], { stdio: 'pipe' });
      const data = Buffer.from('challenge');
      const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
      expect(verify(spec === 'P-384' ? 'sha384' : 'sha256', data, key, await card.sign('signature', data, PIN))).toBe(true);
    });
  });

  test('what is not there is a fault that says what to do', async () => {
    await onNewCard(async (card) => {
      await expect(card.sign('nothing', Buffer.from('x'), PIN)).rejects.toThrow('Generate it first');
      await card.generateKey('one', 'P-256', PIN);
      expect(await codeOfRejection(card.generateKey('one', 'P-384', PIN))).toBe('card_fault');
    });
  });

  test('erasing needs the PUK and leaves a blank card', async () => {
    await onNewCard(async (card, serial) => {
      await card.generateKey('one', 'P-256', PIN);
      expect(await codeOfRejection(card.erase('11223344'))).toBe('pin_incorrect');
      await card.erase(PUK);
      expect(await card.isInitialised(serial)).toBe(false);
      await card.initialise({ label: 'second life', puk: '50607081', pin: '902817' });
      expect((await card.read()).slots).toEqual({});
      expect(await card.attemptsLeft()).toEqual({ pin: 3, puk: 10 });
    });
  });

  test('initialising again needs the PUK, as it erases', async () => {
    await onNewCard(async (card) => {
      await card.generateKey('one', 'P-256', PIN);
      expect(await codeOfRejection(card.initialise({ label: 'x', puk: '99887766', pin: PIN }))).toBe('pin_incorrect');
      expect(Object.keys((await card.read()).slots)).toEqual(['one']);
      await card.initialise({ label: 'x', puk: PUK, pin: PIN });
      expect((await card.read()).slots).toEqual({});
    });
  });
});

describe('PIN and PUK', () => {
  test('three wrong PINs lock it, the PUK unblocks it, keys survive', async () => {
    await onNewCard(async (card, serial) => {
      const spki = await card.generateKey('one', 'P-256', PIN);
      await expect(card.verifyPin('000000')).rejects.toThrow('2 attempts left');
      await expect(card.verifyPin('12')).rejects.toThrow('1 attempt left');
      expect(await codeOfRejection(card.verifyPin('000000'))).toBe('pin_blocked');
      expect(await codeOfRejection(card.verifyPin(PIN))).toBe('pin_blocked');
      expect(await codeOfRejection(card.sign('one', Buffer.from('x'), PIN))).toBe('pin_blocked');
      expect(await card.attemptsLeft()).toEqual({ pin: 0, puk: 10 });
      expect(await codeOfRejection(card.unblockPin('00000000', '902817'))).toBe('pin_incorrect');
      await card.unblockPin(PUK, '902817');
      expect(await card.attemptsLeft()).toEqual({ pin: 3, puk: 10 });
      expect(await card.generateKey('one', 'P-256', '902817')).toEqual(spki);
      expect(await codeOfRejection(card.verifyPin(PIN))).toBe('pin_incorrect');
      expect(await card.isInitialised(serial)).toBe(true);
    });
  });

  test('ten wrong PUKs lose the card', async () => {
    await onNewCard(async (card) => {
      for (let i = 0; i < 9; i++) expect(await codeOfRejection(card.unblockPin('00000000', '902817'))).toBe('pin_incorrect');
      expect(await codeOfRejection(card.unblockPin('00000000', '902817'))).toBe('puk_blocked');
      expect(await codeOfRejection(card.unblockPin(PUK, '902817'))).toBe('puk_blocked');
      expect(await codeOfRejection(card.erase(PUK))).toBe('puk_blocked');
      await card.verifyPin(PIN);
    });
  });

  test('a change needs the old PIN and a good new one; success gives all tries back', async () => {
    await onNewCard(async (card) => {
      expect(await codeOfRejection(card.changePin('000000', '902817'))).toBe('pin_incorrect');
      expect(await codeOfRejection(card.changePin(PIN, '123456'))).toBe('pin_policy');
      await card.changePin(PIN, '902817');
      expect(await card.attemptsLeft()).toEqual({ pin: 3, puk: 10 });
      await card.verifyPin('902817');
      expect(await codeOfRejection(card.initialise({ label: 'x', puk: PUK, pin: '111111' }))).toBe('pin_policy');
    });
  });

  test('a verified PIN does not outlive the session', async () => {
    const serial = await onNewCard(async (card, newSerial) => {
      await card.generateKey('one', 'P-256', PIN);
      return newSerial;
    });
    await reader.withCard(serial, async (card) => {
      expect(await codeOfRejection(card.sign('one', Buffer.from('x'), '000000'))).toBe('pin_incorrect');
      expect(await card.attemptsLeft()).toEqual({ pin: 2, puk: 10 });
    });
  });

  test('counters that cannot be read count as locked', async () => {
    await onNewCard(async (card, serial) => {
      for (const content of ['', 'not JSON', '{}', '{"pin":"3","puk":99}']) {
        writeFileSync(cards.counters(serial), content);
        expect(await codeOfRejection(card.verifyPin(PIN))).toBe('pin_blocked');
      }
      expect(await card.attemptsLeft()).toEqual({ pin: 0, puk: 10 });
    });
  });
});

describe('the reader', () => {
  test('says what is in and refuses another card', async () => {
    const serial = await inserted();
    expect(await reader.present()).toBe(serial);
    expect(await codeOfRejection(reader.withCard('609099', async () => undefined))).toBe('card_mismatch');
    await reader.pull();
    await reader.pull();
    expect(await reader.present()).toBeUndefined();
    expect(await codeOfRejection(reader.withCard(serial, async () => undefined))).toBe('card_absent');
    expect(await codeOfRejection(reader.insert('../escape'))).toBe('card_fault');
  });

  test('a card pulled in the middle is absent for the rest, even when it comes back', async () => {
    await onNewCard(async (card, serial) => {
      const key = card.generateKey('one', 'P-256', PIN);
      await reader.pull();
      expect(await key).toBeInstanceOf(Buffer);
      expect(await codeOfRejection(card.sign('one', Buffer.from('x'), PIN))).toBe('card_absent');
      await reader.insert(serial);
      expect(await codeOfRejection(card.verifyPin(PIN))).toBe('card_absent');
    });
    const serial = (await reader.present()) as string;
    expect(await reader.withCard(serial, (card) => card.sign('one', Buffer.from('x'), PIN))).toBeInstanceOf(Buffer);
  });

  test('serves one operation at a time', async () => {
    const serial = await inserted();
    let running = 0;
    const most = await Promise.all(
      Array.from({ length: 5 }, () =>
        reader.withCard(serial, async (card) => {
          running++;
          await card.attemptsLeft();
          return running--;
        }),
      ),
    );
    expect(Math.max(...most)).toBe(1);
  });

  test('two readers and the HSM work side by side in one process', async () => {
    const tokens = testTokens();
    tokens.create('side', PIN);
    const hsm = openHsm({ module: SOFTHSM, tokenLabel: 'side', pin: PIN, sessions: 2 });
    const signer = await hsm.signer('ca', 'P-256');
    const readers = [await cards.reader('left'), await cards.reader('right')];
    const personalise = async (own: VirtualReader, from: number) => {
      for (let i = 0; i < 5; i++) {
        const serial = `7000${from + i}`;
        await own.insert(serial);
        await own.withCard(serial, async (card) => {
          await card.initialise({ label: serial, puk: PUK, pin: PIN });
          await card.writeFile('serial', Buffer.from(serial), PIN);
          await signer?.sign(await card.generateKey('one', 'P-256', PIN));
          expect((await card.read()).files).toEqual({ serial: Buffer.from(serial) });
        });
      }
    };
    await Promise.all(readers.map((own, i) => personalise(own, 100 * i)));
    expect(process.env['SOFTHSM2_CONF']).toBe(tokens.conf);
    expect(await hsm.status()).toMatchObject({ token: 'side' });
    expect(await codeOfRejection((readers[0] as VirtualReader).insert('7000104'))).toBe('card_absent');
    await hsm.close();
    tokens.remove();
  });

  test('leaves nothing behind in its scratch space', () => {
    expect(readdirSync(join(cards.dir, 'work'))).toEqual([]);
  });
});

describe('a process that is killed', () => {
  /** Runs `body` (with `reader`) in a child that is killed -9 when it comes to call the PKCS#11 function `call`. */
  async function killedAt(call: string, body: string): Promise<void> {
    const config = { name: 'child', cardDir: join(cards.dir, 'cards'), module: SOFTHSM, workDir: join(cards.dir, 'child') };
    const script = `
      import { writeSync } from 'node:fs';
      import pkcs11 from ${JSON.stringify(import.meta.resolve('pkcs11js'))};
      import { openVirtualReader } from ${JSON.stringify(new URL('virtual-reader.ts', import.meta.url).href)};
      const load = pkcs11.PKCS11.prototype.load;
      pkcs11.PKCS11.prototype.load = function (path) {
        load.call(this, path);
        this.${call} = () => { writeSync(1, 'here'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); };
      };
      const reader = await openVirtualReader(${JSON.stringify(config)});
      ${body}`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    const [said] = (await Promise.race([once(child.stdout, 'data'), exited])) as [unknown];
    child.kill('SIGKILL');
    await exited;
    expect(String(said)).toBe('here');
  }

  test('in the middle of a PIN verification, three times, has used up the tries', async () => {
    const serial = await onNewCard(async (_, newSerial) => newSerial);
    await reader.pull();
    for (let left = 2; left >= 0; left--) {
      await killedAt(
        'C_Login',
        `await reader.insert('${serial}'); await reader.withCard('${serial}', (card) => card.verifyPin('000000'));`,
      );
      expect(JSON.parse(readFileSync(cards.counters(serial), 'utf8'))).toEqual({ pin: left, puk: 10 });
    }
    await reader.insert(serial);
    expect(await codeOfRejection(reader.withCard(serial, (card) => card.verifyPin(PIN)))).toBe('pin_blocked');
  });

  test('which took the card into a reader of its own has taken it out of ours', async () => {
    const serial = await onNewCard(async (_, newSerial) => newSerial);
    await killedAt('C_Login', `await reader.insert('${serial}'); await reader.withCard('${serial}', (card) => card.verifyPin('000000'));`);
    expect(await reader.present()).toBeUndefined();
    expect(await codeOfRejection(reader.withCard(serial, (card) => card.verifyPin(PIN)))).toBe('card_absent');
    await reader.insert(serial);
    expect(await reader.present()).toBe(serial);
    await reader.withCard(serial, (card) => card.verifyPin(PIN));
  });

  const steps = (serial: string) => async (card: CardSession) => {
    if (!(await card.isInitialised(serial))) await card.initialise({ label: serial, puk: PUK, pin: PIN });
    const spki = await card.generateKey('one', 'P-256', PIN);
    await card.certificateRequest('one', PIN);
    await card.writeFile('holder', Buffer.from('Anna'), PIN);
    return spki;
  };

  const mutators = [
    'C_Finalize',
    'C_InitToken',
    'C_Login',
    'C_InitPIN',
    'C_GenerateKeyPairAsync',
    'C_SignAsync',
    'C_CreateObject',
    'C_Logout',
  ];
  test.each(mutators)('before %s leaves a card that the next process completes', async (call) => {
    const serial = `8000${next++}`;
    const secrets = JSON.stringify({ label: serial, puk: PUK, pin: PIN });
    await killedAt(
      call,
      `await reader.insert('${serial}');
       await reader.withCard('${serial}', async (card) => {
         await card.initialise(${secrets});
         await card.generateKey('one', 'P-256', '${PIN}');
         await card.certificateRequest('one', '${PIN}');
         await card.writeFile('holder', Buffer.from('Anna'), '${PIN}');
       });`,
    );
    await reader.insert(serial);
    const spki = await reader.withCard(serial, steps(serial));
    const content = await reader.withCard(serial, (card) => card.read());
    expect(content).toMatchObject({ slots: { one: { spki } }, files: { holder: Buffer.from('Anna') } });
  });

  test('half way through an initialisation is not initialised, and asks no secret of the next', async () => {
    const serial = `8000${next++}`;
    const secrets = JSON.stringify({ label: serial, puk: '11223344', pin: '902817' });
    await killedAt(
      'C_InitPIN',
      `await reader.insert('${serial}'); await reader.withCard('${serial}', (card) => card.initialise(${secrets}));`,
    );
    await reader.insert(serial);
    await reader.withCard(serial, async (card) => {
      expect(await card.isInitialised(serial)).toBe(false);
      expect(await codeOfRejection(card.verifyPin('902817'))).toBe('card_fault');
      await card.initialise({ label: serial, puk: PUK, pin: PIN });
      await card.verifyPin(PIN);
    });
  });
});
