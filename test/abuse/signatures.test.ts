import { expect, test } from 'vitest';

import type { KeySpec } from '../../domain/signer.ts';
import { integer, NULL, oid, sequence } from '../../pki/der.ts';
import { verifySignature } from '../../pki/sign.ts';
import { memorySigner } from '../support/memory-signer.ts';

/** Abuse case C5 (Ghidra PR 9109, and the zero signatures of CVE-2022-21449): what is no signature was one. */
const ecdsa = (hash: string) => sequence(oid(`1.2.840.10045.4.3.${hash}`));
const algorithms: Record<KeySpec, Buffer> = {
  'RSA-2048': sequence(oid('1.2.840.113549.1.1.11'), NULL),
  'RSA-3072': sequence(oid('1.2.840.113549.1.1.11'), NULL),
  'P-256': ecdsa('2'),
  'P-384': ecdsa('3'),
};
const specs = Object.keys(algorithms) as KeySpec[];
const data = Buffer.from('what is signed');

test.each(specs)('%s: absent, empty, zero, cut, longer, or of another kind is no signature', async (spec) => {
  const signer = memorySigner(spec);
  const right = await signer.sign(data);
  const other = await memorySigner(spec.startsWith('RSA') ? 'P-256' : 'RSA-2048').sign(data);
  const check = (signature: Buffer, algorithm = algorithms[spec]) =>
    verifySignature({ spki: signer.spki, spec, algorithm, data, signature });
  expect(check(right)).toBe(true);
  const none: Record<string, Buffer> = {
    empty: Buffer.alloc(0),
    'one zero': Buffer.alloc(1),
    zeros: Buffer.alloc(right.length),
    'r and s zero': sequence(integer(0), integer(0)),
    'r and s one': sequence(integer(1), integer(1)),
    NULL,
    cut: right.subarray(0, -1),
    longer: Buffer.concat([right, Buffer.alloc(1)]),
    'of another key': await memorySigner(spec).sign(data),
    'of another kind': other,
    'the data': data,
  };
  expect(Object.entries(none).filter(([, signature]) => check(signature))).toEqual([]);
  const noAlgorithm = [Buffer.alloc(0), NULL, sequence(), sequence(oid('1.2.840.10045.2.1')), sequence(oid('1.2.840.113549.1.1.1'), NULL)];
  expect(noAlgorithm.filter((algorithm) => check(right, algorithm) || check(Buffer.alloc(0), algorithm))).toEqual([]);
});
