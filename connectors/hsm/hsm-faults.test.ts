import { createPublicKey, verify } from 'node:crypto';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeEach, expect, test } from 'vitest';

import { errorCodeOf } from '../../domain/errors.ts';
import type { Signer } from '../../domain/signer.ts';
import { pkcs11Shim, type Order } from '../../test/support/pkcs11-shim.ts';
import { knownSigner } from './known-signer.ts';
import { openHsm } from './pkcs11-hsm.ts';
import { SOFTHSM, testTokens } from './test-token.ts';

const PIN = '648201';
const PIN_INCORRECT = 'a0';
/** As the contract of `Hsm` says. */
const REST_MS = 2_000;

const tokens = testTokens();
tokens.create('faults');
const shim = pkcs11Shim({ dir: join(tokens.dir, 'shim'), module: SOFTHSM });
const hsm = openHsm({ module: shim.module, tokenLabel: 'faults', pin: PIN, pinFile: tokens.pinFile, sessions: 4 });
const ca = (await hsm.signer('ca', 'P-256')) as Signer;
await hsm.ensureWrappingKey('kek');

const data = Buffer.from('data');
const orders: Order[] = ['removed', 'pin-incorrect', 'final-try', 'no-keys', 'hold', 'lose-sessions'];
const touchPinFile = () => utimesSync(tokens.pinFile, new Date(), new Date(Date.now() + Math.random() * 1e6));
const isGood = (signature: Buffer) => verify('sha256', data, createPublicKey({ key: ca.spki, format: 'der', type: 'spki' }), signature);
const codeOf = (work: Promise<unknown>) => work.then(() => 'no error', errorCodeOf);

/** Signs as soon as the HSM does; nobody touches the connection. */
async function signsAgain(): Promise<void> {
  for (;;) {
    const code = await codeOf(ca.sign(data));
    if (code === 'no error') return;
    expect(code).toMatch(/^hsm_/);
    await pause(20);
  }
}

/** What a call does to the ledger. */
async function counting(call: Parameters<typeof shim.count>[0], work: () => Promise<unknown>, answer?: string): Promise<number> {
  const before = shim.count(call, answer);
  await work();
  return shim.count(call, answer) - before;
}

beforeEach(async () => {
  for (const order of orders) shim.revoke(order);
  touchPinFile();
  await signsAgain();
});
afterAll(async () => {
  await hsm.close();
  tokens.remove();
});

test('a lost session is opened again with one login, and nobody notices', async () => {
  for (let round = 0; round < 20; round++) {
    const logins = await counting('C_Login', async () => {
      shim.order('lose-sessions');
      expect(isGood(await ca.sign(data))).toBe(true);
    });
    expect(logins).toBe(1);
  }
});

test('a lost session under load costs one login too', async () => {
  const logins = await counting('C_Login', async () => {
    const running = Array.from({ length: 20 }, () => ca.sign(data));
    shim.order('lose-sessions');
    expect((await Promise.all([...running, ...Array.from({ length: 20 }, () => ca.sign(data))])).every(isGood)).toBe(true);
  });
  expect(logins).toBe(1);
});

test('a token that was removed is asked once in two seconds, not once a call, and works with one login when it is back', async () => {
  shim.order('removed');
  const started = performance.now();
  const lookings = await counting('C_GetSlotList', async () => {
    for (let i = 0; i < 300; i++) expect(await codeOf(ca.sign(data))).toBe('hsm_unavailable');
    const many = await Promise.all(Array.from({ length: 300 }, () => codeOf(hsm.random(8))));
    expect(new Set(many)).toEqual(new Set(['hsm_unavailable']));
  });
  const attempts = 1 + Math.ceil((performance.now() - started) / REST_MS);
  // The binding asks for the length and then for the list, and an empty list is read anew after C_Initialize.
  expect(lookings).toBeLessThanOrEqual(4 * attempts);
  shim.revoke('removed');
  expect(await counting('C_Login', signsAgain)).toBe(1);
});

test('a refused PIN is given once, whatever is tried, and once more when its file has changed', async () => {
  shim.order('pin-incorrect');
  shim.order('lose-sessions');
  const another = openHsm({ module: shim.module, tokenLabel: 'faults', pin: PIN, pinFile: tokens.pinFile, sessions: 1 });
  const refusals = await counting(
    'C_Login',
    async () => {
      for (const end = performance.now() + 1.5 * REST_MS; performance.now() < end; await pause(50)) {
        expect(await codeOf(ca.sign(data))).toBe('hsm_pin_incorrect');
        expect(await codeOf(another.status())).toBe('hsm_pin_incorrect');
      }
    },
    PIN_INCORRECT,
  );
  expect(refusals).toBe(1);
  shim.revoke('pin-incorrect');
  touchPinFile();
  expect(await counting('C_Login', signsAgain)).toBe(1);
  await another.close();
});

test('the last PIN try of a token is never used up: it works again once somebody has logged in by hand', async () => {
  shim.order('final-try');
  shim.order('lose-sessions');
  const logins = await counting('C_Login', async () => expect(await codeOf(ca.sign(data))).toBe('hsm_pin_incorrect'));
  expect(logins).toBe(0);
  shim.revoke('final-try');
  await signsAgain();
});

test('a key that is missing is named, and used again when it is back', async () => {
  shim.order('no-keys');
  const message = 'The HSM does not hold the key "ca". Connect the token that it was made in: it is looked for again.';
  await expect(ca.sign(data)).rejects.toMatchObject({ type: 'hsm_key_missing', message });
  expect(await codeOf(hsm.unwrap('kek', Buffer.alloc(40), data))).toBe('hsm_key_missing');
  shim.revoke('no-keys');
  await signsAgain();
});

test('a signer of a known key finds it late, and never signs with another', async () => {
  shim.order('no-keys');
  const late = knownSigner(hsm, 'late', ca);
  expect(await codeOf(late.sign(data))).toBe('hsm_key_missing');
  shim.revoke('no-keys');
  await hsm.signer('late', 'P-256');
  expect(await codeOf(late.sign(data))).toBe('hsm_key_missing');
  expect(isGood(await knownSigner(hsm, 'ca', ca).sign(data))).toBe(true);
});

test('a slow HSM holds up nothing else in the process, and its answers come in the end', async () => {
  shim.order('hold');
  let answered = 0;
  const signatures = Array.from({ length: 3 }, () => ca.sign(data).finally(() => answered++));
  let beats = 0;
  const beat = setInterval(() => beats++, 1);
  while (beats < 200) await pause(1);
  clearInterval(beat);
  expect((await hsm.random(16)).length).toBe(16);
  expect(answered).toBe(0);
  shim.revoke('hold');
  expect((await Promise.all(signatures)).every(isGood)).toBe(true);
});
