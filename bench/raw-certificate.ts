import { createHash, createPublicKey, verify } from 'node:crypto';

import type { CertificateOrder } from '../connectors/ca/ca.ts';
import type { Signer } from '../domain/signer.ts';
import { bitString, constructed, ia5String, integer, octetString, oid, sequence, setOf, time, utf8String } from '../pki/der.ts';

/** What the raw loop knows of its CA beforehand. */
export interface RawCa {
  signer: Signer;
  /** Name and authority key identifier of the CA, DER. */
  name: Buffer;
  keyIdentifier: Buffer;
  urls: { crl: string; ocsp: string; caIssuers: string };
}

/** The least that gives the same certificate: CSR read by offsets, its signature verified, the certificate put together, signed, and that verified. */
export async function rawCertificate(ca: RawCa, order: CertificateOrder, serial: Buffer): Promise<Buffer> {
  const spki = provenKey(order.csr);
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const subject = sequence(
    ...order.subject.map(([type, value]) => setOf([sequence(oid(type === 'C' ? '2.5.4.6' : '2.5.4.3'), utf8String(value))])),
  );
  const validity = sequence(time(order.notBefore), time(order.notAfter));
  const extensions = constructed(3, sequence(...extensionsOf(ca, order, spki)));
  const tbs = sequence(constructed(0, integer(2)), integer(serial), algorithm, ca.name, validity, subject, spki, extensions);
  const signature = await ca.signer.sign(tbs);
  const key = createPublicKey({ key: ca.signer.spki, format: 'der', type: 'spki' });
  if (!verify('sha256', tbs, key, signature)) throw new Error('the HSM signed wrongly');
  return sequence(tbs, algorithm, bitString(signature));
}

const extension = (id: string, value: Buffer) => sequence(oid(id), octetString(value));
const context = (tag: number, text: string) => Buffer.concat([Buffer.from([tag, text.length]), ia5String(text).subarray(2)]);

function extensionsOf({ keyIdentifier, urls }: RawCa, order: CertificateOrder, spki: Buffer): Buffer[] {
  const point = constructed(0, constructed(0, context(0x86, urls.crl)));
  const access = (id: string, url: string) => sequence(oid(id), context(0x86, url));
  return [
    extension('2.5.29.19', sequence()),
    extension('2.5.29.15', Buffer.from([3, 2, 7, 0x80])),
    extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.2'))),
    extension('2.5.29.14', octetString(createHash('sha1').update(spki.subarray(26)).digest())),
    extension('2.5.29.35', sequence(Buffer.concat([Buffer.from([0x80, keyIdentifier.length]), keyIdentifier]))),
    extension('2.5.29.17', sequence(context(0x81, order.subjectAltNames.email ?? ''))),
    extension('2.5.29.31', sequence(sequence(point))),
    extension('1.3.6.1.5.5.7.1.1', sequence(access('1.3.6.1.5.5.7.48.1', urls.ocsp), access('1.3.6.1.5.5.7.48.2', urls.caIssuers))),
  ];
}

/** The key of a CSR that is signed with it. */
function provenKey(csr: Buffer): Buffer {
  const info = elementAt(csr, elementAt(csr, 0).content);
  const subject = elementAt(csr, elementAt(csr, info.content).end);
  const key = elementAt(csr, subject.end);
  const signature = elementAt(csr, elementAt(csr, info.end).end);
  const spki = csr.subarray(key.start, key.end);
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const right = verify('sha256', csr.subarray(info.start, info.end), publicKey, csr.subarray(signature.content + 1, signature.end));
  if (!right) throw new Error('the CSR is not signed with its own key');
  return spki;
}

function elementAt(der: Buffer, start: number): { start: number; content: number; end: number } {
  const short = der[start + 1] as number;
  const extra = short & 0x80 ? short & 0x7f : 0;
  const length = extra > 0 ? der.readUIntBE(start + 2, extra) : short;
  const content = start + 2 + extra;
  return { start, content, end: content + length };
}
