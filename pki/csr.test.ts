import { createECDH, generateKeyPairSync } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { KeySpec } from '../domain/signer.ts';
import { memorySigner } from '../test/support/memory-signer.ts';
import { openssl } from '../test/support/openssl.ts';
import { buildCsr, parseCsr, verifyCsr } from './csr.ts';
import { bitString, constructed, integer, NULL, oid, sequence } from './der.ts';
import { encodeName } from './name.ts';

const subject = [['CN', 'Anna Rossi']] as [string, string][];
const invalid = expect.objectContaining({ type: 'csr_invalid' }) as Error;

describe.each<KeySpec>(['RSA-2048', 'RSA-3072', 'P-256', 'P-384'])('%s', (spec) => {
  test('our CSR is accepted by openssl and by us', async () => {
    const run = await openssl();
    const signer = memorySigner(spec);
    const der = await buildCsr(signer, subject);
    await run.write('a.csr', der);
    expect(await run('req', '-in', 'a.csr', '-inform', 'DER', '-noout', '-verify', '-subject')).toContain('CN = Anna Rossi');
    const csr = parseCsr(der);
    expect([csr.spec, csr.spki, csr.subject]).toEqual([spec, signer.spki, encodeName(subject)]);
    verifyCsr(csr);
  });

  test("openssl's CSR with attributes is accepted, a changed signature or content is not", async () => {
    const run = await openssl();
    await run.write('key.pem', memorySigner(spec).privateKeyPem);
    await run(
      'req',
      '-new',
      '-key',
      'key.pem',
      '-subj',
      '/CN=x',
      '-addext',
      'basicConstraints=critical,CA:TRUE',
      '-outform',
      'DER',
      '-out',
      'a.csr',
    );
    const csr = parseCsr(await run.read('a.csr'));
    verifyCsr(csr);
    const flip = (bytes: Buffer, at: number) => Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)));
    expect(() => verifyCsr({ ...csr, info: flip(csr.info, 12) })).toThrow(invalid);
    expect(() => verifyCsr({ ...csr, signature: flip(csr.signature, csr.signature.length - 1) })).toThrow(invalid);
    expect(() => verifyCsr({ ...csr, signature: Buffer.alloc(0) })).toThrow(invalid);
  });
});

test('another key, an algorithm of the other kind and SHA-1 are no proof of possession', async () => {
  const csr = parseCsr(await buildCsr(memorySigner('P-256'), subject));
  const rsa = memorySigner('RSA-2048');
  expect(() => verifyCsr({ ...csr, spki: memorySigner('P-256').spki })).toThrow(invalid);
  expect(() => verifyCsr({ ...csr, signatureAlgorithm: sequence(oid('1.2.840.113549.1.1.11'), NULL) })).toThrow(invalid);
  expect(() => verifyCsr({ ...csr, signatureAlgorithm: sequence(oid('1.2.840.10045.4.1')) })).toThrow(invalid);
  const signed = parseCsr(await buildCsr(rsa, subject));
  expect(() => verifyCsr({ ...signed, signatureAlgorithm: sequence(oid('1.2.840.113549.1.1.5'), NULL) })).toThrow(invalid);
});

const rsaId = sequence(oid('1.2.840.113549.1.1.1'), NULL);
const requestFor = (spki: Buffer) =>
  sequence(
    sequence(integer(0), encodeName(subject), spki, constructed(0)),
    sequence(oid('1.2.840.113549.1.1.11'), NULL),
    bitString(Buffer.from([1])),
  );
const rsaRequest = (modulus: bigint, exponent = 65537n) =>
  requestFor(sequence(rsaId, bitString(sequence(integer(modulus), integer(exponent)))));

function nextPrime(from: bigint): bigint {
  const power = (base: bigint, exponent: bigint, mod: bigint) => {
    let result = 1n;
    for (let b = base % mod, e = exponent; e > 0n; e >>= 1n, b = (b * b) % mod) if (e & 1n) result = (result * b) % mod;
    return result;
  };
  let n = from | 1n;
  while (![3n, 5n, 7n, 11n, 13n, 17n].every((p) => n % p !== 0n) || power(2n, n - 1n, n) !== 1n) n += 2n;
  return n;
}

const random = (bits: number) => (3n << BigInt(bits - 2)) | (BigInt(`0x${'5a7'.repeat(200)}`) % (1n << BigInt(bits - 2)));

describe('weak RSA keys are refused', () => {
  const { n } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
  const good = BigInt(`0x${Buffer.from(n ?? '', 'base64url').toString('hex')}`);
  const refusedFor = (der: Buffer, why: RegExp) =>
    expect(() => parseCsr(der)).toThrow(expect.objectContaining({ type: 'csr_invalid', message: expect.stringMatching(why) as string }));

  test('a good one passes', () => {
    expect(parseCsr(rsaRequest(good)).spec).toBe('RSA-2048');
  });

  test('exponents', () => {
    for (const exponent of [1n, 3n, 65535n, 65538n, 2n ** 256n + 1n]) refusedFor(rsaRequest(good, exponent), /exponent/);
  });

  test('sizes', () => {
    for (const bits of [1024, 2047, 2049, 2056, 4096]) refusedFor(rsaRequest((1n << BigInt(bits - 1)) | 1n), /exactly 2048 or 3072/);
  });

  test('small factors', () => {
    refusedFor(rsaRequest(good - (good % 751n)), /small factor/);
    refusedFor(rsaRequest(good + 1n), /small factor/);
  });

  test('primes of the ROCA kind', () => {
    // p = 65537^a mod M for M of the first primes, as the library made them; primality does not matter to the fingerprint.
    let m = 1n;
    for (let p = 2n; p < 168n; p++) if ([2n, 3n, 5n, 7n, 11n].every((q) => p === q || p % q !== 0n)) m *= p;
    const element = (a: bigint, k: bigint) => {
      let power = 1n;
      for (let i = 0n; i < a; i++) power = (power * 65537n) % m;
      return power + k * m;
    };
    const k = (3n << 1022n) / m;
    // Small primes above the fingerprint's range may divide the product: then that is the reason.
    const candidates = Array.from(
      { length: 40 },
      (_, i) => element(50n + BigInt(i), k + BigInt(1 + i)) * element(90n + BigInt(i), k + BigInt(7 * i)),
    );
    const reasons = candidates.map((modulus) => {
      try {
        parseCsr(rsaRequest(modulus));
        return 'accepted';
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(reasons.filter((reason) => /ROCA/.test(reason)).length).toBeGreaterThan(0);
    expect(reasons.filter((reason) => !/ROCA|small factor/.test(reason))).toEqual([]);
  });

  test('primes that are close to each other', () => {
    const p = nextPrime(random(1024));
    const q = nextPrime(p + 2n ** 500n);
    refusedFor(rsaRequest(p * q), /close/);
    refusedFor(rsaRequest(p * p), /close/);
  });
});

describe('elliptic curve keys', () => {
  const curve = (id: string) => sequence(oid('1.2.840.10045.2.1'), oid(id));
  const point = (name: string, form: 'compressed' | 'uncompressed' | 'hybrid') =>
    Buffer.from(createECDH(name).generateKeys('base64', form), 'base64');
  const p256 = (bits: Buffer) => requestFor(sequence(curve('1.2.840.10045.3.1.7'), bitString(bits)));

  test('only points on the curve', () => {
    const good = point('prime256v1', 'uncompressed');
    expect(parseCsr(p256(good)).spec).toBe('P-256');
    const off = Buffer.from(good);
    off[64] = (off[64] ?? 0) ^ 1;
    for (const bad of [off, Buffer.from([0]), Buffer.alloc(65, 4), good.subarray(0, 64), Buffer.concat([good, Buffer.from([0])])]) {
      expect(() => parseCsr(p256(bad))).toThrow(invalid);
    }
  });

  test('no compressed or hybrid points, no other curves, no explicit parameters', () => {
    expect(() => parseCsr(p256(point('prime256v1', 'compressed')))).toThrow(invalid);
    expect(() => parseCsr(p256(point('prime256v1', 'hybrid')))).toThrow(invalid);
    expect(() => parseCsr(requestFor(sequence(curve('1.3.132.0.10'), bitString(point('secp256k1', 'uncompressed')))))).toThrow(invalid);
    const explicit = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).publicKey.export({
      format: 'der',
      type: 'spki',
    });
    expect(() => parseCsr(requestFor(explicit))).toThrow(invalid);
  });
});

test('bytes behind the CSR, another version and 1 MB are refused', async () => {
  const der = await buildCsr(memorySigner('P-256'), subject);
  expect(() => parseCsr(Buffer.concat([der, Buffer.from([0])]))).toThrow(invalid);
  expect(() => parseCsr(Buffer.alloc(1_000_000, 0x30))).toThrow(invalid);
  const { spki } = memorySigner('P-256');
  expect(() =>
    parseCsr(sequence(sequence(integer(1), encodeName(subject), spki), sequence(oid('1.2.3')), bitString(Buffer.from([1])))),
  ).toThrow(/version/);
});
