/** Reasons of RFC 5280 5.3.1 that smartCMS uses. `certificateHold` is only set by `suspend`. */
export type RevocationReason =
  'unspecified' | 'keyCompromise' | 'affiliationChanged' | 'superseded' | 'cessationOfOperation' | 'privilegeWithdrawn' | 'certificateHold';

/** What is to be certified. Everything but the public key comes from here, never from the CSR. */
export interface CertificateOrder {
  /** PKCS#10, DER. Only its public key enters the certificate; its signature is the proof of possession. */
  csr: Buffer;
  /** Relative distinguished names in order, e.g. `[['C','IT'],['CN','Anna Rossi']]`; short names of RFC 4514 plus `serialNumber`. */
  subject: [type: string, value: string][];
  subjectAltNames: { email?: string; upn?: string };
  profile: CertificateProfileContent;
  notBefore: Date;
  notAfter: Date;
}

/** The part of a certificate profile that shapes the certificate. Usages by their RFC 5280 names. */
export interface CertificateProfileContent {
  keyUsage: ('digitalSignature' | 'nonRepudiation' | 'keyEncipherment' | 'keyAgreement')[];
  extendedKeyUsage: ('clientAuth' | 'emailProtection' | 'smartcardLogon' | 'documentSigning')[];
  /** Certificate policy OIDs, dotted. */
  policies: string[];
}

/** What the CA knows about one order. */
export type CaAnswer =
  | { state: 'issued'; certificate: Buffer; serial: string; status: 'good' | 'held' | 'revoked' }
  | { state: 'pending'; retryAfterSeconds: number }
  | { state: 'refused'; reason: string }
  | { state: 'unknown_order' };

/** Status at the CA after a change was carried out; `publishedBy` is the CRL number that carries it, once there is one. */
export interface CaStatus {
  status: 'good' | 'held' | 'revoked';
  reason?: RevocationReason;
  since: Date;
  publishedBy?: number;
}

/**
 * A certification authority as smartCMS sees it. One file per product implements it.
 *
 * Error contract: an expected refusal is an answer (`refused`) or `failure('ca_refused' | 'csr_invalid' | 'not_supported')`;
 * any other error means "no answer is known", and the caller asks `lookup` before it acts again.
 */
export interface CertificateAuthority {
  readonly capabilities: { suspend: boolean; reactivate: boolean; revoke: boolean; batch: boolean };
  /** CA certificate, DER. */
  certificate(): Promise<Buffer>;
  /** Orders a certificate. `clientRef` is unique for ever; ordering it again returns the first answer and signs nothing. */
  submit(order: CertificateOrder, clientRef: string): Promise<CaAnswer>;
  /** What happened to an order; `unknown_order` if the CA never saw it. */
  lookup(clientRef: string): Promise<CaAnswer>;
  /** Final. Revoking what is revoked returns the status as it is. `serial` is lower-case hex. */
  revoke(serial: string, reason: RevocationReason): Promise<CaStatus>;
  suspend(serial: string): Promise<CaStatus>;
  reactivate(serial: string): Promise<CaStatus>;
  status(serial: string): Promise<CaStatus>;
  /** Publishes a CRL that carries every change made so far; returns its number. Does nothing if the last one already does. */
  publish(): Promise<number>;
}
