import { authorityKeyIdentifierOf } from './certificate-fields.ts';
import type { CrlEntry, CrlReason } from './crl.ts';
import { reasonCodes } from './crl.ts';
import type { DerNode } from './der-reader.ts';
import { assertDer, children, decoding, DerError, expectTag, Fields, readDer } from './der-reader.ts';
import { algorithmOf, bitOctetsOf, smallNumberOf, timeOf, unsignedOf } from './der-values.ts';
import { extensionIds } from './extensions.ts';
import type { Extensions } from './parse-certificate.ts';
import { extensionOf, extensionsOf, nameIn } from './parse-certificate.ts';
import { serialHex } from './serial.ts';

/** A CRL as read. Serial numbers as in `serial.ts`. */
export interface Crl {
  /** Name, DER. */
  issuer: Buffer;
  thisUpdate: Date;
  nextUpdate: Date;
  number: bigint;
  /** Present in a delta CRL. */
  deltaBase?: bigint;
  authorityKeyIdentifier: Buffer | undefined;
  entries: Map<string, CrlEntry>;
  /** TBSCertList, DER, and what `verifySignature` needs beside it. */
  tbs: Buffer;
  signatureAlgorithm: Buffer;
  signature: Buffer;
}

/** Names and extensions are shorter. */
const MAX_ASSERTED = 65_536;

/** Reads a version 2 CRL with the fields that RFC 5280 5 requires; throws `failure('invalid_input')`. Verifies no signature. */
export function parseCrl(der: Buffer): Crl {
  const problem = { code: 'invalid_input', message: 'The CRL cannot be read. Give one X.509 version 2 CRL in DER.' } as const;
  return decoding(problem, () => {
    const fields = new Fields(expectTag(readDer(der), 0x30));
    const tbs = fields.next(0x30);
    const signatureAlgorithm = algorithmOf(fields.next());
    const signature = bitOctetsOf(fields.next());
    fields.end();
    // Everything but the entries, of which there may be a million: each of theirs is read anyway.
    children(tbs)
      .filter((part) => part.tag !== 0x30 || part.raw.length < MAX_ASSERTED)
      .forEach(assertDer);
    return { ...bodyOf(tbs, signatureAlgorithm), tbs: tbs.raw, signatureAlgorithm, signature };
  });
}

function bodyOf(tbs: DerNode, algorithm: Buffer): Omit<Crl, 'tbs' | 'signatureAlgorithm' | 'signature'> {
  const fields = new Fields(tbs);
  if (smallNumberOf(fields.next(0x02)) !== 1) throw new DerError('version 2 expected');
  if (!fields.next(0x30).raw.equals(algorithm)) throw new DerError('two different signature algorithms');
  const issuer = nameIn(fields);
  const thisUpdate = timeOf(fields.next());
  const nextUpdate = timeOf(fields.next());
  const entries = entriesOf(fields.optional(0x30));
  const extensions = extensionsOf(fields.next(0xa0));
  fields.end();
  return {
    issuer,
    thisUpdate,
    nextUpdate,
    entries,
    ...numbersOf(extensions),
    authorityKeyIdentifier: authorityKeyIdentifierOf(extensions),
  };
}

function numbersOf(extensions: Extensions): { number: bigint; deltaBase?: bigint } {
  const number = numberIn(extensions, extensionIds.crlNumber);
  if (number === undefined) throw new DerError('the CRL has no number');
  const deltaBase = numberIn(extensions, extensionIds.deltaCrlIndicator);
  return deltaBase === undefined ? { number } : { number, deltaBase };
}

function numberIn(extensions: Extensions, id: string): bigint | undefined {
  const entry = extensions.get(id);
  return entry && BigInt(`0x${unsignedOf(readDer(entry.value)).toString('hex')}`);
}

function entriesOf(list: DerNode | undefined): Map<string, CrlEntry> {
  const entries = new Map<string, CrlEntry>();
  for (const node of list ? children(list) : []) {
    const entry = entryOf(node);
    if (entries.has(entry.serial)) throw new DerError('a serial number occurs twice');
    entries.set(entry.serial, entry);
  }
  return entries;
}

function entryOf(node: DerNode): CrlEntry {
  const fields = new Fields(expectTag(node, 0x30));
  const serial = serialHex(unsignedOf(fields.next()));
  const since = timeOf(fields.next());
  const extensions = fields.optional(0x30);
  fields.end();
  return { serial, since, reason: extensions ? reasonIn(extensions) : 'unspecified' };
}

const reasons = new Map<number, CrlReason>(Object.entries(reasonCodes).map(([reason, code]) => [code, reason as CrlReason]));

/** Reads every extension, also those beside the reason: what one reader takes, all do. */
function reasonIn(extensions: DerNode): CrlReason {
  let found: CrlReason | undefined;
  for (const node of children(extensions)) {
    const [id, { value }] = extensionOf(node);
    if (id !== extensionIds.reasonCode) continue;
    const reason = reasons.get(smallNumberOf(expectTag(readDer(value), 0x0a)));
    if (!reason || found) throw new DerError('one reason, of those known, expected');
    found = reason;
  }
  return found ?? 'unspecified';
}
