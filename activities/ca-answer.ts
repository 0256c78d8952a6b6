import { createHash } from 'node:crypto';

import { log } from '@temporalio/activity';

import type { CaAnswer, CertificateAuthority } from '../connectors/ca/ca.ts';
import type { Certificate } from '../db/models/certificate.ts';
import type { CertificateStore } from '../db/stores/certificates.ts';
import { failure } from '../domain/errors.ts';
import { encodeName, nameToString, type NameAttribute } from '../pki/name.ts';
import { parseCertificate, type Certificate as Parsed } from '../pki/parse-certificate.ts';

export interface Answered {
  certificate: Certificate;
  answer: CaAnswer & { state: 'issued' };
  /** The name that was ordered. */
  subject: readonly NameAttribute[];
}

interface Deps {
  ca: CertificateAuthority;
  certificates: CertificateStore;
}

const unreadable = 'The answer of the CA cannot be read. The CA is asked again.';
const notOrdered = 'It answered with a certificate that was not ordered, which was not used. Report it to the administrators of the CA.';

/**
 * Takes over the certificate that the CA sent, if it is the ordered one: for the key of the card, with the serial number that the CA names.
 * What cannot be read says nothing about the order: it is asked for again. Any other certificate is refused for good, and an alarm in the log.
 */
export async function takeCertificate(deps: Deps, answered: Answered): Promise<void> {
  const { certificate, answer } = answered;
  const { id, ca, clientRef, spkiSha256 } = certificate;
  const parsed = parsedOf(answer.certificate);
  if (!parsed) {
    log.error('the CA sent what is no certificate', { ca, clientRef });
    await deps.certificates.unknown({ id, detail: unreadable });
    throw failure('unavailable', unreadable);
  }
  const { serial, spki, subject, notBefore, notAfter } = parsed;
  if (!spkiSha256?.equals(createHash('sha256').update(spki).digest()) || serial !== answer.serial) return refuse(deps, answered, parsed);
  await deps.certificates.issued({ id, der: answer.certificate, serial, subject: nameToString(subject), notBefore, notAfter });
}

function parsedOf(der: Buffer): Parsed | undefined {
  try {
    return parseCertificate(der);
  } catch {
    return undefined;
  }
}

async function refuse({ ca, certificates }: Deps, { certificate, subject }: Answered, parsed: Parsed): Promise<void> {
  const { id, ca: code, clientRef } = certificate;
  const inOurName = nameToString(parsed.subject) === nameToString(encodeName(subject));
  // Somebody else's certificate is theirs: revoking it would punish them for the mistake of the CA.
  const revoking = inOurName && !(await certificates.has({ ca: code, serial: parsed.serial }));
  log.error('the CA sent a certificate that was not ordered', { ca: code, clientRef, serial: parsed.serial, revoking });
  if (revoking) await ca.revoke(parsed.serial, 'cessationOfOperation');
  await certificates.failed({ id, detail: notOrdered });
}
