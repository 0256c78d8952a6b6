import { randomBytes } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { errorCodeOf } from '../domain/errors.ts';
import { memorySigner } from '../test/support/memory-signer.ts';
import { testCa } from '../test/support/test-ca.ts';
import { issueCertificate } from './certificate.ts';
import * as fields from './certificate-fields.ts';
import { buildCrl, encodeCrlEntry } from './crl.ts';
import { buildCsr, parseCsr, verifyCsr } from './csr.ts';
import { constructed, integer, NULL, octetString, oid, sequence } from './der.ts';
import { extension, extensionIds } from './extensions.ts';
import { nameToString } from './name.ts';
import { parseOcspRequest } from './ocsp-request.ts';
import { parseCertificate } from './parse-certificate.ts';
import { parseCrl } from './parse-crl.ts';
import { newSerial } from './serial.ts';

const ca = await testCa();
const entries = (['certificateHold', 'unspecified'] as const).map((reason) =>
  encodeCrlEntry({ serial: newSerial(randomBytes(16)), since: new Date(), reason }),
);
const validity = { thisUpdate: new Date(0), nextUpdate: new Date(1e12) };
const sha1 = sequence(oid('1.3.14.3.2.26'), NULL);
const certId = sequence(sha1, octetString(randomBytes(20)), octetString(randomBytes(20)), integer(randomBytes(16)));
const nonce = extension(extensionIds.ocspNonce, octetString(randomBytes(16)));

async function readCsr(der: Buffer) {
  const csr = parseCsr(der);
  await verifyCsr(csr);
  nameToString(csr.subject);
}

function readCertificate(der: Buffer) {
  const { extensions, subject, issuer } = parseCertificate(der);
  for (const name of [subject, issuer]) nameToString(name);
  for (const reader of Object.values(fields)) reader(extensions);
}

const subjects: [string, Buffer, (der: Buffer) => unknown][] = [
  ['CSR, P-256', await buildCsr(memorySigner('P-256'), [['CN', 'Anna Rossi']]), readCsr],
  ['CSR, RSA-2048', await buildCsr(memorySigner('RSA-2048'), [['CN', 'Anna Rossi']]), readCsr],
  ['certificate', await issueCertificate(ca.plan()), readCertificate],
  ['OCSP request', sequence(sequence(sequence(sequence(certId), sequence(certId)), constructed(2, sequence(nonce)))), parseOcspRequest],
  ['CRL', await buildCrl({ signer: ca.signer, issuer: ca.certificate, number: 1, entries, ...validity }), parseCrl],
];

/** One to four changes: a byte set, bits flipped, bytes removed, inserted or repeated, the end cut off. */
const change = fc.record({
  kind: fc.constantFrom('set', 'flip', 'remove', 'insert', 'repeat', 'cut'),
  at: fc.nat(),
  byte: fc.oneof(fc.constantFrom(0x00, 0x02, 0x06, 0x30, 0x7f, 0x80, 0x84, 0xa0, 0xff), fc.nat(255)),
  length: fc.integer({ min: 1, max: 40 }),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function mutate(der: Buffer, { kind, at, byte, length }: Change): Buffer {
  const position = der.length > 0 ? at % der.length : 0;
  const [before, after] = [der.subarray(0, position), der.subarray(position)];
  switch (kind) {
    case 'set':
      return Buffer.concat([before, Buffer.from([byte]), after.subarray(1)]);
    case 'flip':
      return Buffer.concat([before, Buffer.from([(after[0] ?? 0) ^ byte]), after.subarray(1)]);
    case 'remove':
      return Buffer.concat([before, after.subarray(length)]);
    case 'insert':
      return Buffer.concat([before, Buffer.alloc(length, byte), after]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, length), after]);
    default:
      return before;
  }
}

describe('3,000 damaged inputs each: only expected failures, none takes 100 ms of processor time', () => {
  test.each(subjects)('%s', async (_, der, read) => {
    await read(der);
    let slowest = 0;
    const damaged = fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const input = changes.reduce(mutate, der);
      const before = process.cpuUsage();
      try {
        await read(input);
      } catch (error) {
        if (errorCodeOf(error) === undefined) throw error;
      }
      const { user, system } = process.cpuUsage(before);
      slowest = Math.max(slowest, (user + system) / 1000);
    });
    await fc.assert(damaged, { numRuns: 3_000 });
    expect(slowest).toBeLessThan(100);
  });

  test('bytes at random', () => {
    const any = fc.uint8Array({ maxLength: 300 });
    for (const [, , read] of subjects) {
      fc.assert(
        fc.property(any, (bytes) => {
          const parse = read === readCsr ? parseCsr : read;
          expect(() => parse(Buffer.from(bytes))).toThrow(expect.objectContaining({ name: 'ApplicationFailure' }));
        }),
        { numRuns: 300 },
      );
    }
  });
});
