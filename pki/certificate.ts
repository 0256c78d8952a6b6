import type { Signer } from '../domain/signer.ts';
import type { CertificatePlan } from './certificate-plan.ts';
import { constructed, integer, sequence, sequenceOf, time } from './der.ts';
import * as extensions from './extensions.ts';
import { authorityKeyIdentifier, keyIdentifier } from './key-identifier.ts';
import { lintCertificate } from './lint.ts';
import type { NameAttribute } from './name.ts';
import { encodeName } from './name.ts';
import { serialBytes } from './serial.ts';
import { signatureAlgorithm, signedAndChecked } from './sign.ts';

/**
 * Issues an end-entity certificate; resolves to its DER. What is to be signed is linted before the key is used; what the profile or the CA
 * does not allow is `failure('policy_violation')`, a value that no certificate can hold `failure('invalid_input')`.
 */
export async function issueCertificate(plan: CertificatePlan): Promise<Buffer> {
  const { signer, issuer, spki, serial, subject, notBefore, notAfter } = plan;
  const body = { signer, serial, issuer: issuer.subject, subject: encodeName(subject), notBefore, notAfter, spki };
  const tbs = encodeBody({ ...body, extensions: endEntityExtensions(plan) });
  lintCertificate(tbs, plan);
  return signedAndChecked(signer, tbs);
}

function endEntityExtensions({ issuer, spki, profile, subjectAltNames, ...urls }: CertificatePlan): Buffer[] {
  const { keyUsage, extendedKeyUsage, policies } = profile;
  const named = subjectAltNames.email !== undefined || subjectAltNames.upn !== undefined;
  return [
    extensions.basicConstraintsExtension(),
    extensions.keyUsageExtension(keyUsage),
    ...(extendedKeyUsage.length > 0 ? [extensions.extendedKeyUsageExtension(extendedKeyUsage)] : []),
    extensions.subjectKeyIdentifierExtension(keyIdentifier(spki)),
    extensions.authorityKeyIdentifierExtension(authorityKeyIdentifier(issuer)),
    ...(named ? [extensions.subjectAltNameExtension(subjectAltNames)] : []),
    ...(policies.length > 0 ? [extensions.policiesExtension(policies)] : []),
    extensions.crlDistributionPointsExtension(urls.crlUrl),
    extensions.authorityInfoAccessExtension({ ocsp: urls.ocspUrl, caIssuers: urls.caIssuersUrl }),
  ];
}

/** Makes the certificate of a root CA that issues end-entity certificates only (path length 0) and signs its own CRLs and OCSP responses. */
export async function selfSignedCa(ca: {
  signer: Signer;
  serial: string;
  subject: NameAttribute[];
  notBefore: Date;
  notAfter: Date;
}): Promise<Buffer> {
  const { signer, serial, notBefore, notAfter } = ca;
  const name = encodeName(ca.subject);
  const list = [
    extensions.basicConstraintsExtension({ pathLength: 0 }),
    extensions.keyUsageExtension(['digitalSignature', 'keyCertSign', 'cRLSign']),
    extensions.subjectKeyIdentifierExtension(keyIdentifier(signer.spki)),
  ];
  const body = { signer, serial, issuer: name, subject: name, notBefore, notAfter, spki: signer.spki };
  return signedAndChecked(signer, encodeBody({ ...body, extensions: list }));
}

interface Body {
  signer: Signer;
  serial: string;
  issuer: Buffer;
  subject: Buffer;
  notBefore: Date;
  notAfter: Date;
  spki: Buffer;
  extensions: Buffer[];
}

/** TBSCertificate of version 3. */
function encodeBody({ signer, serial, issuer, subject, notBefore, notAfter, spki, extensions: list }: Body): Buffer {
  return sequence(
    constructed(0, integer(2)),
    integer(serialBytes(serial)),
    signatureAlgorithm[signer.spec],
    issuer,
    sequence(time(notBefore), time(notAfter)),
    subject,
    spki,
    constructed(3, sequenceOf(list)),
  );
}
