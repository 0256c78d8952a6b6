import { failure } from '../domain/errors.ts';
import type { DerNode } from './der-reader.ts';
import { assertDer, children, decoding, DerError, expectTag, Fields, only, readDer } from './der-reader.ts';
import { algorithmOf, bitOctetsOf, booleanOf, octetsOf, oidOf, smallNumberOf, timeOf, unsignedOf } from './der-values.ts';
import { assertName } from './name.ts';
import { splitSpki } from './public-key.ts';
import { serialHex } from './serial.ts';

/** What is signed in a certificate. */
export interface CertificateBody {
  /** Lower-case hex as in `serial.ts`. */
  serial: string;
  /** AlgorithmIdentifier, DER. */
  signatureAlgorithm: Buffer;
  /** Names as DER: `nameToString` and `nameAttributes` read them. */
  issuer: Buffer;
  subject: Buffer;
  notBefore: Date;
  notAfter: Date;
  /** SubjectPublicKeyInfo, DER. */
  spki: Buffer;
  extensions: Extensions;
}

/** By dotted id, in order. `value` is the DER inside the OCTET STRING: `certificate-fields.ts` reads those smartCMS knows. */
export type Extensions = ReadonlyMap<string, { critical: boolean; value: Buffer }>;

export interface Certificate extends CertificateBody {
  der: Buffer;
  /** TBSCertificate, DER. */
  tbs: Buffer;
  signature: Buffer;
}

const problem = { code: 'invalid_input', message: 'The certificate cannot be read. Give one X.509 version 3 certificate in DER.' } as const;
const MAX_CERTIFICATE_BYTES = 65_536;

/** Reads a certificate of version 3, whatever made it; throws `failure('invalid_input')`. Verifies no signature. */
export function parseCertificate(der: Buffer): Certificate {
  if (der.length > MAX_CERTIFICATE_BYTES) throw failure('invalid_input', `A certificate has at most ${MAX_CERTIFICATE_BYTES} bytes.`);
  return decoding(problem, () => {
    const node = expectTag(readDer(der), 0x30);
    assertDer(node);
    const fields = new Fields(node);
    const tbs = fields.next(0x30);
    const algorithm = algorithmOf(fields.next());
    const signature = bitOctetsOf(fields.next());
    fields.end();
    const body = bodyOf(tbs);
    // RFC 5280 4.1.1.2: the unsigned copy of the algorithm must say the same as the signed one.
    if (!algorithm.equals(body.signatureAlgorithm)) throw new DerError('two different signature algorithms');
    return { ...body, der, tbs: tbs.raw, signature };
  });
}

/** Reads a TBSCertificate, as `parseCertificate`. */
export const parseCertificateBody = (tbs: Buffer): CertificateBody => decoding(problem, () => bodyOf(expectTag(readDer(tbs), 0x30)));

function bodyOf(tbs: DerNode): CertificateBody {
  const fields = new Fields(tbs);
  if (smallNumberOf(only(fields.next(0xa0), 0x02)) !== 2) throw new DerError('version 3 expected');
  const serial = serialHex(unsignedOf(fields.next()));
  const signatureAlgorithm = algorithmOf(fields.next());
  const issuer = nameIn(fields);
  const [notBefore, notAfter] = validityOf(fields.next(0x30));
  const subject = nameIn(fields);
  const spki = fields.next(0x30).raw;
  splitSpki(spki);
  assertUniqueIdentifier(fields.optional(0x81)); // of version 2
  assertUniqueIdentifier(fields.optional(0x82));
  const extensions = extensionsOf(fields.optional(0xa3));
  fields.end();
  return { serial, signatureAlgorithm, issuer, subject, notBefore, notAfter, spki, extensions };
}

/** IMPLICIT BIT STRING. */
function assertUniqueIdentifier(node: DerNode | undefined): void {
  if (node && (node.value[0] ?? 0xff) > 7) throw new DerError('a unique identifier is no BIT STRING');
}

/** The next field, a Name; DER. */
export function nameIn(fields: Fields): Buffer {
  const name = fields.next(0x30);
  assertName(name);
  return name.raw;
}

function validityOf(node: DerNode): [notBefore: Date, notAfter: Date] {
  const fields = new Fields(node);
  const validity: [Date, Date] = [timeOf(fields.next()), timeOf(fields.next())];
  fields.end();
  return validity;
}

/** Extensions inside `[n] EXPLICIT`; each may occur once (RFC 5280 4.2). */
export function extensionsOf(tagged: DerNode | undefined): Extensions {
  const extensions = new Map<string, { critical: boolean; value: Buffer }>();
  if (!tagged) return extensions;
  for (const node of children(only(tagged, 0x30))) {
    const [id, entry] = extensionOf(node);
    if (extensions.has(id)) throw new DerError('an extension occurs twice');
    extensions.set(id, entry);
  }
  return extensions;
}

/** One Extension. */
export function extensionOf(node: DerNode): [id: string, entry: { critical: boolean; value: Buffer }] {
  const fields = new Fields(expectTag(node, 0x30));
  const id = oidOf(fields.next());
  const flag = fields.optional(0x01);
  const value = octetsOf(fields.next());
  fields.end();
  if (flag && !booleanOf(flag)) throw new DerError('a default value is encoded');
  return [id, { critical: flag !== undefined, value }];
}
