import { createPublicKey, sign, X509Certificate, type KeyObject } from 'node:crypto';

import * as fields from '../../../pki/certificate-fields.ts';
import { parseCsr, verifyCsr, type Csr } from '../../../pki/csr.ts';
import { bitString, oid, sequence } from '../../../pki/der.ts';
import { assertDer, children, decoding, DerError, readDer } from '../../../pki/der-reader.ts';
import * as values from '../../../pki/der-values.ts';
import { encodeName, nameAttributes, nameToString, type NameAttribute } from '../../../pki/name.ts';
import { parseOcspRequest } from '../../../pki/ocsp-request.ts';
import { parseCertificate } from '../../../pki/parse-certificate.ts';
import { parseCrl } from '../../../pki/parse-crl.ts';
import { decodePem, encodePem } from '../../../pki/pem.ts';
import { publicKeyOf } from '../../../pki/public-key.ts';
import { memorySigner } from '../../support/memory-signer.ts';
import { corpus } from '../corpus.ts';
import { derTree, encodeTree, mutateTree } from '../der-tree.ts';
import { mutateBytes, mutateDer, mutateText } from '../mutate.ts';
import { opensslReads } from '../openssl-reads.ts';
import type { Random } from '../random.ts';
import type { Target } from '../target.ts';

/** Everything that `pki/` reads, each with OpenSSL's opinion on what it accepts. */
export async function pkiTargets(): Promise<Target[]> {
  const { csrs, certificates, crls, ocspRequests } = await corpus();
  const all = [...csrs, ...certificates, ...crls, ...ocspRequests];
  const from = (objects: readonly Buffer[]) => (random: Random) => mutateDer(random.pick(objects), all, random);
  return [
    target({ name: 'DER', make: from(all), parse: readAll, refusals: ['invalid_input'] }),
    target({
      name: 'CSR',
      make: (random) => signedCsr(csrs, random),
      parse: readCsr,
      refusals: ['csr_invalid', 'invalid_input'],
      judge: judgeCsr,
    }),
    target({
      name: 'certificate',
      make: from(certificates),
      parse: readCertificate,
      refusals: ['invalid_input'],
      judge: (der) => new X509Certificate(der),
    }),
    target({ name: 'CRL', make: from(crls), parse: parseCrl, refusals: ['invalid_input'], judge: (der) => opensslReads('crl', der) }),
    target({
      name: 'OCSP request',
      make: from(ocspRequests),
      parse: parseOcspRequest,
      refusals: ['malformed_request'],
      judge: (der) => opensslReads('ocsp', der),
    }),
    target({
      name: 'public key',
      make: spkiFrom(all),
      parse: publicKeyOf,
      refusals: ['invalid_input'],
      judge: (spki) => createPublicKey({ key: spki, format: 'der', type: 'spki' }),
    }),
    target({
      name: 'PEM',
      make: (random) => pemText(certificates, random),
      parse: (text) => decodePem('CERTIFICATE', text),
      refusals: ['invalid_input'],
    }),
    target({ name: 'name', make: someName, parse: encodeName, refusals: ['invalid_input'], judge: comesBack }),
  ];
}

const target = <T>(one: Target<T>): Target => one as Target;

/** Every element, with each reader of values that suits its tag. */
function readAll(der: Buffer): void {
  decoding({ code: 'invalid_input', message: '' }, () => {
    const node = readDer(der);
    assertDer(node);
    const visit = (at: typeof node): void => {
      if (at.tag & 0x20) return children(at).forEach(visit);
      for (const read of readers) refusing(() => read(at));
    };
    visit(node);
  });
}

const readers = [
  values.unsignedOf,
  values.smallNumberOf,
  values.oidOf,
  values.booleanOf,
  values.octetsOf,
  values.bitOctetsOf,
  values.namedBitsOf,
  values.timeOf,
  values.textOf,
];

/** What a reader says of a value that it refuses is expected; anything else is passed on. */
function refusing(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
  }
}

const key = memorySigner('P-256');

/** Half of them are signed with their own key after they were changed, or no change would get beyond the signature. */
function signedCsr(csrs: readonly Buffer[], random: Random): Buffer {
  if (random.chance(2)) return mutateDer(random.pick(csrs), csrs, random);
  const { content } = derTree(random.pick(csrs));
  const info = Array.isArray(content) ? content[0] : undefined;
  if (!info || !Array.isArray(info.content)) throw new Error('no CSR');
  const [version, subject, , ...rest] = info.content;
  const own = { ...info, content: [version, subject, derTree(key.spki), ...rest].filter((part) => part !== undefined) };
  const changed = encodeTree(mutateTree(own, derTree(random.pick(csrs)), random));
  return sequence(changed, sequence(oid('1.2.840.10045.4.3.2')), bitString(sign('sha256', changed, key.privateKeyPem)));
}

function readCsr(der: Buffer): Csr {
  const csr = parseCsr(der);
  verifyCsr(csr);
  nameToString(csr.subject);
  return csr;
}

async function judgeCsr(der: Buffer, { spki }: Csr): Promise<KeyObject> {
  await opensslReads('req', der);
  return createPublicKey({ key: spki, format: 'der', type: 'spki' });
}

function readCertificate(der: Buffer): void {
  const { extensions, subject, issuer } = parseCertificate(der);
  for (const name of [subject, issuer]) nameToString(name);
  for (const reader of Object.values(fields)) reader(extensions);
}

const spkiFrom = (all: readonly Buffer[]) => {
  const spkis = (['P-256', 'P-384', 'RSA-2048'] as const).map((spec) => memorySigner(spec).spki);
  return (random: Random) => mutateDer(random.pick(spkis), [...spkis, ...all], random);
};

function pemText(certificates: readonly Buffer[], random: Random): string {
  const text = encodePem('CERTIFICATE', random.pick(certificates));
  return random.chance(2) ? mutateText(text, random) : mutateBytes(Buffer.from(text), random).toString('latin1');
}

const types = ['CN', 'SN', 'GN', 'C', 'O', 'OU', 'L', 'ST', 'STREET', 'serialNumber', 'UID', 'DC', 'emailAddress', 'X', '__proto__'];

const someName = (random: Random): NameAttribute[] =>
  Array.from({ length: random.below(6) }, () => [
    random.pick(types),
    mutateText(random.pick(['Anna Rossi', 'IT', 'x@example.it', '']), random),
  ]);

function comesBack(attributes: NameAttribute[], der: Buffer): void {
  const back = nameAttributes(der);
  if (JSON.stringify(back) !== JSON.stringify(attributes)) throw new Error(`it comes back as ${JSON.stringify(back)}`);
  nameToString(der);
}
