import type { Signer } from '../domain/signer.ts';
import type { ExtendedKeyUsage, KeyUsage, SubjectAltNames } from './extensions.ts';
import type { NameAttribute } from './name.ts';
import type { Certificate } from './parse-certificate.ts';

/** The part of a certificate profile that shapes a certificate. */
interface CertificateContent {
  keyUsage: Exclude<KeyUsage, 'keyCertSign' | 'cRLSign'>[];
  extendedKeyUsage: ExtendedKeyUsage[];
  /** Dotted object identifiers. */
  policies: string[];
}

/** Everything that an end-entity certificate says, and who says it. */
export interface CertificatePlan {
  /** The CA's key; it must be the one of `issuer`. */
  signer: Signer;
  issuer: Certificate;
  /** From `newSerial`, unique at this CA. */
  serial: string;
  subject: NameAttribute[];
  subjectAltNames: SubjectAltNames;
  notBefore: Date;
  notAfter: Date;
  /** SubjectPublicKeyInfo of a CSR that `parseCsr` and `verifyCsr` accepted. */
  spki: Buffer;
  profile: CertificateContent;
  crlUrl: string;
  ocspUrl: string;
  caIssuersUrl: string;
}
