import { setTimeout as pause } from 'node:timers/promises';

import type { CaLedger, SerialStatus } from '../connectors/ca/ca-ledger.ts';
import { errorCodeOf } from '../domain/errors.ts';
import type { Signer } from '../domain/signer.ts';
import { issuedBy, parseOcspRequest, type CertId } from '../pki/ocsp-request.ts';
import { buildOcspResponse, ocspError, type OcspStatus } from '../pki/ocsp-response.ts';
import { parseCertificate } from '../pki/parse-certificate.ts';
import { batched } from './batched.ts';
import { isHsmTrouble } from './hsm-patience.ts';

/** A CA as relying parties see it. */
export interface PublishedCa {
  /** DER. */
  certificate: Buffer;
  /** The CRL that is current; undefined before the first. */
  crl(): Promise<Buffer | undefined>;
  /** OCSPResponse to an OCSPRequest, both DER. */
  ocsp(request: Buffer): Promise<Buffer>;
}

export interface PublishedCaParts {
  code: string;
  certificate: Buffer;
  signer: Signer;
  ledger: Pick<CaLedger, 'latestCrl' | 'statuses'>;
  clock: () => Date;
}

/** Answers are made anew from the ledger, so a change is seen at once; they may be believed for an hour. */
const validForMs = 3_600_000;

export function publishedCa({ code: ca, certificate, signer, ledger, clock }: PublishedCaParts): PublishedCa {
  const ours = issuedBy(parseCertificate(certificate));
  const statusAt = batched(async (serials) => new Map((await ledger.statuses({ ca, serials })).map((status) => [status.serial, status])));
  const statusOf = async (id: CertId): Promise<OcspStatus> => (ours(id) ? ocspStatus(await statusAt(id.serial)) : { state: 'unknown' });
  return {
    certificate,
    crl: async () => (await ledger.latestCrl({ ca }))?.der,
    async ocsp(request) {
      const parsed = readRequest(request);
      if (!parsed) return ocspError('malformedRequest');
      const { certIds, nonce } = parsed;
      // RFC 5019 2.2.3: a responder that cannot speak for the certificate says so.
      if (!certIds.some(ours)) return ocspError('unauthorized');
      const thisUpdate = new Date(Math.floor(clock().getTime() / 1000) * 1000);
      const nextUpdate = new Date(thisUpdate.getTime() + validForMs);
      const responses = await Promise.all(
        certIds.map(async (certId) => ({ certId, status: await statusOf(certId), thisUpdate, nextUpdate })),
      );
      return soon(buildOcspResponse({ signer, producedAt: thisUpdate, responses, ...(nonce && { nonce }) }));
    },
  };
}

/** Longer than any HSM needs; a client that waits for an answer gives up at about ten seconds. */
const patienceMs = 5_000;

/** RFC 6960 2.3: `tryLater` says that the responder is there and its HSM is not, or not in time. It is unsigned, as nothing can sign it. */
async function soon(answer: Promise<Buffer>): Promise<Buffer> {
  const giveUp = new AbortController();
  const late = pause(patienceMs, ocspError('tryLater'), { signal: giveUp.signal });
  late.catch(() => undefined);
  try {
    return await Promise.race([answer, late]);
  } catch (error) {
    if (!isHsmTrouble(error)) throw error;
    return ocspError('tryLater');
  } finally {
    giveUp.abort();
  }
}

function readRequest(request: Buffer): ReturnType<typeof parseOcspRequest> | undefined {
  try {
    return parseOcspRequest(request);
  } catch (error) {
    if (errorCodeOf(error) === 'malformed_request') return undefined;
    throw error;
  }
}

/** What was never signed is `unknown`, also if its serial is reserved (CA/Browser BR 4.9.10: not `good`). */
function ocspStatus(entry: SerialStatus | undefined): OcspStatus {
  if (!entry) return { state: 'unknown' };
  if (entry.status === 'good') return { state: 'good' };
  return { state: 'revoked', since: entry.statusSince, reason: entry.reason ?? 'unspecified' };
}
