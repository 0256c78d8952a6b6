import { createHash } from 'node:crypto';

import { failure } from '../../domain/errors.ts';
import type { Signer } from '../../domain/signer.ts';
import { issueCertificate } from '../../pki/certificate.ts';
import { buildCrl, encodeCrlEntry } from '../../pki/crl.ts';
import { parseCsr, verifyCsr } from '../../pki/csr.ts';
import { parseCertificate, type Certificate } from '../../pki/parse-certificate.ts';
import { newSerial } from '../../pki/serial.ts';
import type { CaAnswer, CaStatus, CertificateAuthority, CertificateOrder, RevocationReason } from './ca.ts';
import type { CaLedger, CrlRecord, LedgerEntry } from './ca-ledger.ts';
import { coalesced } from './coalesced.ts';

export interface EmbeddedCaParts {
  code: string;
  /** Certificate of the CA, DER; its key is the signer's. */
  certificate: Buffer;
  signer: Signer;
  /** Bytes of the HSM's random generator. */
  random: (length: number) => Promise<Buffer>;
  ledger: CaLedger;
  urls: { crl: string; ocsp: string; caIssuers: string };
  clock: () => Date;
}

const day = 86_400_000;
/** A CRL says when the next one comes at the latest (RFC 5280 5.1.2.5); it is renewed when half of that has passed. */
const crlLifetime = 7 * day;

/**
 * The CA inside smartCMS: its key in the HSM, its memory in the ledger.
 *
 * Serial and order are in the ledger before anything is signed, so an order that died in between gets a certificate of that same serial when
 * it comes again, and never two. A reservation that was not signed is `unknown_order` to `lookup`: nothing exists that could be lost.
 */
export function embeddedCa(given: EmbeddedCaParts): CertificateAuthority {
  const parts: OpenedCa = { ...given, issuer: parseCertificate(given.certificate), random: inBlocks(given.random) };
  const { code: ca, ledger } = parts;
  const change = async (serial: string, to: Transition): Promise<CaStatus> => {
    const entry = await ledger.setStatus({ ca, serial, ...to, since: wholeSecond(parts.clock()) });
    if (entry.status !== to.status) throw failure('ca_refused', `The certificate is ${entry.status}: the CA cannot make it ${to.status}.`);
    return statusOf(entry, await ledger.latestCrl({ ca }));
  };
  return {
    capabilities: { suspend: true, reactivate: true, revoke: true, batch: false },
    certificate: () => Promise.resolve(parts.certificate),
    submit: (order, clientRef) => submit(parts, order, clientRef),
    lookup: async (clientRef) => answerOf(await ledger.findByRef({ ca, clientRef })),
    revoke: (serial, reason) => change(serial, { from: ['good', 'held'], status: 'revoked', reason }),
    suspend: (serial) => change(serial, { from: ['good'], status: 'held', reason: 'certificateHold' }),
    reactivate: (serial) => change(serial, { from: ['held'], status: 'good', reason: null }),
    status: async (serial) => statusOf(await known(ledger, ca, serial), await ledger.latestCrl({ ca })),
    publish: coalesced(() => publish(parts)),
  };
}

/** What follows from the parts is read once. */
interface OpenedCa extends EmbeddedCaParts {
  issuer: Certificate;
}

/** For a hundred serial numbers. Below the 2 KiB that small HSMs give at once. */
const BLOCK = 1600;

/** The generator is asked for a block, and gives it out in pieces, each once: a call of the HSM less for every certificate. */
function inBlocks(random: EmbeddedCaParts['random']): EmbeddedCaParts['random'] {
  let block: Buffer = Buffer.alloc(0);
  return async (length) => {
    if (block.length < length) {
      const fresh = await random(BLOCK);
      if (block.length < length) block = fresh;
    }
    const piece = block.subarray(0, length);
    block = block.subarray(length);
    return piece;
  };
}

interface Transition {
  from: LedgerEntry['status'][];
  status: LedgerEntry['status'];
  reason: RevocationReason | null;
}

async function submit(parts: OpenedCa, order: CertificateOrder, clientRef: string): Promise<CaAnswer> {
  const { code: ca, ledger, random } = parts;
  const csr = parseCsr(order.csr);
  verifyCsr(csr);
  const orderHash = hashOf(order, csr.spki);
  const entry = await ledger.reserve({ ca, serial: newSerial(await random(16)), clientRef, orderHash, notAfter: order.notAfter });
  if (!entry.orderHash.equals(orderHash))
    throw failure('ca_refused', 'Another certificate was ordered under this reference. Order it under a new one.');
  if (entry.certificate) return answerOf(entry);
  const certificate = await sign(parts, order, { serial: entry.serial, spki: csr.spki });
  return answerOf(await ledger.keepCertificate({ ca, serial: entry.serial, certificate }));
}

function sign({ issuer, signer, urls }: OpenedCa, order: CertificateOrder, given: { serial: string; spki: Buffer }): Promise<Buffer> {
  const { subject, subjectAltNames, profile, notBefore, notAfter } = order;
  return issueCertificate({
    signer,
    issuer,
    ...given,
    subject,
    subjectAltNames,
    profile,
    notBefore,
    notAfter,
    crlUrl: urls.crl,
    ocspUrl: urls.ocsp,
    caIssuersUrl: urls.caIssuers,
  });
}

/** The key and everything that enters the certificate; not the CSR, whose signature differs each time it is made. */
function hashOf({ subject, subjectAltNames, profile, notBefore, notAfter }: CertificateOrder, spki: Buffer): Buffer {
  const { email, upn } = subjectAltNames;
  const { keyUsage, extendedKeyUsage, policies } = profile;
  const content = [spki.toString('base64'), subject, email ?? '', upn ?? '', keyUsage, extendedKeyUsage, policies, +notBefore, +notAfter];
  return createHash('sha256').update(JSON.stringify(content)).digest();
}

function answerOf(entry: LedgerEntry | undefined): CaAnswer {
  if (!entry?.certificate) return { state: 'unknown_order' };
  return { state: 'issued', certificate: entry.certificate, serial: entry.serial, status: entry.status };
}

async function known(ledger: CaLedger, ca: string, serial: string): Promise<LedgerEntry> {
  const entry = await ledger.findBySerial({ ca, serial });
  if (!entry) throw failure('not_found', 'The CA has no certificate of this serial number.');
  return entry;
}

const statusOf = ({ status, reason, statusSince, change }: LedgerEntry, crl: CrlRecord | undefined): CaStatus => ({
  status,
  since: statusSince,
  ...(reason && { reason }),
  ...(crl && (change ?? 0) <= crl.change && { publishedBy: crl.number }),
});

async function publish({ code: ca, ledger, signer, issuer, clock }: OpenedCa): Promise<number> {
  const record = await ledger.publish({
    ca,
    make: async ({ last, number, change, revoked }) => {
      const now = wholeSecond(clock());
      if (last && last.change === change && last.nextUpdate.getTime() - now.getTime() > crlLifetime / 2) return undefined;
      const nextUpdate = new Date(now.getTime() + crlLifetime);
      const entries = (await revoked()).map(({ serial, statusSince, reason }) =>
        encodeCrlEntry({ serial, since: statusSince, reason: reason ?? 'unspecified' }),
      );
      const der = await buildCrl({ signer, issuer, number, thisUpdate: now, nextUpdate, entries });
      return { number, thisUpdate: now, nextUpdate, der };
    },
  });
  return record.number;
}

/** X.509 times have no fractions of a second. */
const wholeSecond = (time: Date): Date => new Date(Math.floor(time.getTime() / 1000) * 1000);
