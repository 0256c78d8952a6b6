import type { Signer } from '../domain/signer.ts';
import { constructed, enumerated, integer, sequence, sequenceOf, time } from './der.ts';
import { authorityKeyIdentifierExtension, extension, extensionIds, freshestCrlExtension } from './extensions.ts';
import { authorityKeyIdentifier } from './key-identifier.ts';
import type { Certificate } from './parse-certificate.ts';
import { serialBytes } from './serial.ts';
import { signatureAlgorithm, signedAndChecked } from './sign.ts';

/** CRLReason codes (RFC 5280 5.3.1); 7 is not used. */
export const reasonCodes = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;
export type CrlReason = keyof typeof reasonCodes;

/** One revoked or held certificate. */
export interface CrlEntry {
  /** Lower-case hex as in `serial.ts`. */
  serial: string;
  since: Date;
  reason: CrlReason;
}

/** The entry as it stands in a CRL. It never changes: keep it, and the next CRL of 100,000 entries costs no encoding. */
export function encodeCrlEntry({ serial, since, reason }: CrlEntry): Buffer {
  const head = [integer(serialBytes(serial)), time(since)];
  // RFC 5280 5.3.1: the reason SHOULD be absent instead of "unspecified".
  return reason === 'unspecified' ? sequence(...head) : sequence(...head, sequence(reasonExtensions[reason]));
}

const reasonExtensions = Object.fromEntries(
  Object.entries(reasonCodes).map(([reason, code]) => [reason, extension(extensionIds.reasonCode, enumerated(code))]),
) as Record<CrlReason, Buffer>;

/** What a CRL says, and who says it. */
export interface CrlContent {
  signer: Signer;
  issuer: Certificate;
  /** Greater than that of every CRL before, full or delta (RFC 5280 5.2.3). */
  number: number | bigint;
  thisUpdate: Date;
  nextUpdate: Date;
  /** From `encodeCrlEntry`. A full CRL omits a hold that was lifted; a delta CRL lists it as `removeFromCRL`. */
  entries: readonly Buffer[];
  /** Number of the full CRL that this delta CRL builds on; absent for a full CRL. */
  deltaBase?: number | bigint;
  /** In a full CRL: where its delta CRL is published. */
  freshestCrlUrl?: string;
}

/** Signs a version 2 CRL; resolves to its DER. Inconsistent content is a defect of the caller and throws a RangeError. */
export async function buildCrl(content: CrlContent): Promise<Buffer> {
  assertConsistent(content);
  const { signer, issuer, thisUpdate, nextUpdate, entries } = content;
  const tbs = sequence(
    integer(1),
    signatureAlgorithm[signer.spec],
    issuer.subject,
    time(thisUpdate),
    time(nextUpdate),
    ...(entries.length > 0 ? [sequenceOf(entries)] : []), // RFC 5280 5.1.2.6: absent when there are none
    constructed(0, sequenceOf(crlExtensions(content))),
  );
  return signedAndChecked(signer, tbs);
}

function crlExtensions({ issuer, number, deltaBase, freshestCrlUrl }: CrlContent): Buffer[] {
  const list = [authorityKeyIdentifierExtension(authorityKeyIdentifier(issuer)), extension(extensionIds.crlNumber, integer(number))];
  if (deltaBase !== undefined) list.push(extension(extensionIds.deltaCrlIndicator, integer(deltaBase), true));
  if (freshestCrlUrl !== undefined) list.push(freshestCrlExtension(freshestCrlUrl));
  return list;
}

const removed = reasonExtensions.removeFromCRL;

function assertConsistent({ signer, issuer, thisUpdate, nextUpdate, ...crl }: CrlContent): void {
  if (!signer.spki.equals(issuer.spki)) throw new RangeError('CRL: the signing key is not that of the issuer');
  if (nextUpdate <= thisUpdate) throw new RangeError('CRL: nextUpdate must follow thisUpdate');
  assertKind(crl);
}

function assertKind({
  number,
  entries,
  deltaBase,
  freshestCrlUrl,
}: Pick<CrlContent, 'number' | 'entries' | 'deltaBase' | 'freshestCrlUrl'>): void {
  if (deltaBase !== undefined && BigInt(deltaBase) >= BigInt(number)) throw new RangeError('CRL: a delta builds on an earlier number');
  if (deltaBase !== undefined && freshestCrlUrl !== undefined) throw new RangeError('CRL: a delta has no delta');
  // RFC 5280 5.3.1: removeFromCRL may only appear in delta CRLs. The reason is the last extension of an entry.
  if (deltaBase === undefined && entries.some((entry) => entry.subarray(-removed.length).equals(removed))) {
    throw new RangeError('CRL: removeFromCRL belongs in a delta CRL');
  }
}
