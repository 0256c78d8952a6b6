import type { CertificateOrder } from '../connectors/ca/ca.ts';
import type { Certificate } from '../db/models/certificate.ts';
import type { RequestForWork } from '../db/stores/request-for-work.ts';
import { failure } from '../domain/errors.ts';
import { fillTemplate, type CertificateProfile } from '../domain/profile.ts';

const day = 86_400_000;
/** Clocks differ: what is issued now should be valid on a clock that is a little behind. */
const backdating = 5 * 60_000;

/** What the templates of a profile may name. */
export const holderFields = ({ data }: Pick<RequestForWork, 'data'>, deviceSerial: string): Record<string, string> => {
  const { givenName, familyName, taxCode, email, birthDate, birthPlace } = data;
  return { givenName, familyName, taxCode, email, birthDate, birthPlace, deviceSerial };
};

/** The name that a profile gives to a holder. */
export const subjectOf = ({ subject }: Pick<CertificateProfile, 'subject'>, fields: Record<string, string>): [string, string][] =>
  subject.map(([type, template]) => [type, fillTemplate(template, fields)]);

/**
 * The order for one slot, out of the approved data. The same whenever it is made: times count from the plan, because a CA takes a second order
 * under the same reference only if it is the same.
 */
export function certificateOrder(input: {
  certificate: Certificate;
  profile: CertificateProfile;
  fields: Record<string, string>;
}): CertificateOrder {
  const { certificate, profile, fields } = input;
  if (!certificate.csr) throw failure('csr_invalid', 'The card has not made its certificate request. Resume the production.');
  const { email, upn } = profile.subjectAltNames;
  const { keyUsage, extendedKeyUsage, policies } = profile;
  const start = Math.floor((certificate.createdAt.getTime() - backdating) / 1000) * 1000;
  return {
    csr: certificate.csr,
    subject: subjectOf(profile, fields),
    subjectAltNames: { ...(email && { email: fillTemplate(email, fields) }), ...(upn && { upn: fillTemplate(upn, fields) }) },
    profile: { keyUsage, extendedKeyUsage, policies },
    notBefore: new Date(start),
    notAfter: new Date(start + profile.validityDays * day - 1000),
  };
}
