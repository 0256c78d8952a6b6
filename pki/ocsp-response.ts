import type { Signer } from '../domain/signer.ts';
import type { CrlReason } from './crl.ts';
import { reasonCodes } from './crl.ts';
import { bitString, constructed, enumerated, generalizedTime, octetString, oid, primitive, sequence, sequenceOf } from './der.ts';
import { extension, extensionIds } from './extensions.ts';
import { keyHash } from './key-identifier.ts';
import type { CertId } from './ocsp-request.ts';
import { signatureAlgorithm } from './sign.ts';

/** `removeFromCRL` is no state of a certificate; a hold is `revoked` with reason `certificateHold` (RFC 6960 2.2). */
export type OcspStatus =
  { state: 'good' } | { state: 'unknown' } | { state: 'revoked'; since: Date; reason: Exclude<CrlReason, 'removeFromCRL'> };

/** What a responder answers, and who answers. */
export interface OcspAnswer {
  /** The CA's own key, or that of a responder it appointed. */
  signer: Signer;
  /** Certificate (DER) of the appointed responder; absent when the CA answers itself. */
  responderCertificate?: Buffer;
  producedAt: Date;
  responses: { certId: CertId; status: OcspStatus; thisUpdate: Date; nextUpdate: Date }[];
  /** That of the request, which is repeated. */
  nonce?: Buffer;
}

const BASIC = oid('1.3.6.1.5.5.7.48.1.1');
const SUCCESSFUL = 0;

/** Signs an OCSPResponse with one BasicOCSPResponse (RFC 6960 4.2); resolves to its DER. */
export async function buildOcspResponse(answer: OcspAnswer): Promise<Buffer> {
  const { signer, responderCertificate } = answer;
  const data = responseData(answer);
  const signature = bitString(await signer.sign(data));
  const certificates = responderCertificate ? [constructed(0, sequence(responderCertificate))] : [];
  const basic = sequence(data, signatureAlgorithm[signer.spec], signature, ...certificates);
  return sequence(enumerated(SUCCESSFUL), constructed(0, sequence(BASIC, octetString(basic))));
}

/** ResponseData; the responder is named by its key. */
function responseData({ signer, producedAt, responses, nonce }: OcspAnswer): Buffer {
  return sequence(
    constructed(2, octetString(keyHash(signer.spki, 'sha1'))),
    generalizedTime(producedAt),
    sequenceOf(responses.map(singleResponse)),
    ...(nonce ? [constructed(1, sequence(extension(extensionIds.ocspNonce, octetString(nonce))))] : []),
  );
}

const singleResponse = ({ certId, status, thisUpdate, nextUpdate }: OcspAnswer['responses'][number]): Buffer =>
  sequence(certId.raw, encodeStatus(status), generalizedTime(thisUpdate), constructed(0, generalizedTime(nextUpdate)));

const NOTHING = Buffer.alloc(0);

function encodeStatus(status: OcspStatus): Buffer {
  if (status.state === 'good') return primitive(0, NOTHING);
  if (status.state === 'unknown') return primitive(2, NOTHING);
  // As in CRLs, an unspecified reason is left out.
  const reason = status.reason === 'unspecified' ? [] : [constructed(0, enumerated(reasonCodes[status.reason]))];
  return constructed(1, generalizedTime(status.since), ...reason);
}

/** OCSPResponseStatus without an answer (RFC 6960 4.2.1). */
const errorStatus = { malformedRequest: 1, internalError: 2, tryLater: 3, unauthorized: 6 } as const;

/** Unsigned response, DER, that says why there is no answer. */
export const ocspError = (error: keyof typeof errorStatus): Buffer => sequence(enumerated(errorStatus[error]));
