import type { RevocationReason } from './ca.ts';

/** What the embedded CA remembers of one order: the independent witness of what was signed. */
export interface LedgerEntry {
  /** Lower-case hex. */
  serial: string;
  clientRef: string;
  /** SHA-256 of the order: the same `clientRef` with another order is refused. */
  orderHash: Buffer;
  notAfter: Date;
  /** Null until it is signed. */
  certificate: Buffer | null;
  status: 'good' | 'held' | 'revoked';
  reason: RevocationReason | null;
  statusSince: Date;
  /** Count of the CA's change that made the status; null if there was none. */
  change: number | null;
}

export interface CrlRecord {
  number: number;
  thisUpdate: Date;
  nextUpdate: Date;
  /** Every change up to this count is in it. */
  change: number;
  der: Buffer;
}

/** Entry of a CRL. */
export interface RevokedEntry {
  serial: string;
  status: 'held' | 'revoked';
  reason: RevocationReason | null;
  statusSince: Date;
}

/** What a relying party may know of a certificate. */
export type SerialStatus = Pick<LedgerEntry, 'serial' | 'status' | 'reason' | 'statusSince'>;

/** The ledger of CAs. Every method is atomic and idempotent; entries are never removed. */
export interface CaLedger {
  findByRef(input: { ca: string; clientRef: string }): Promise<LedgerEntry | undefined>;
  findBySerial(input: { ca: string; serial: string }): Promise<LedgerEntry | undefined>;
  /** Status of those of the serials whose certificate was signed. */
  statuses(input: { ca: string; serials: string[] }): Promise<SerialStatus[]>;
  /** Keeps the serial for the order, before anything is signed. Of several reservations for one `clientRef` the first wins and is returned. */
  reserve(input: { ca: string; serial: string; clientRef: string; orderHash: Buffer; notAfter: Date }): Promise<LedgerEntry>;
  /** Keeps the certificate of a reserved serial. Of several the first wins and is returned. */
  keepCertificate(input: { ca: string; serial: string; certificate: Buffer }): Promise<LedgerEntry>;
  /** Changes the status and counts a change, if the status is one of `from`; returns the entry as it is afterwards. */
  setStatus(input: {
    ca: string;
    serial: string;
    from: readonly LedgerEntry['status'][];
    status: LedgerEntry['status'];
    reason: RevocationReason | null;
    since: Date;
  }): Promise<LedgerEntry>;
  latestCrl(input: { ca: string }): Promise<CrlRecord | undefined>;
  /**
   * One at a time for a CA, over all processes: hands `make` the last CRL, the next number, the count of changes and a reader of the present revocations
   * (not yet expired, or revoked since the last CRL), keeps the CRL that it makes, and returns the one that is current;
   * if `make` returns undefined the last one is.
   */
  publish(input: {
    ca: string;
    make: (state: {
      last: CrlRecord | undefined;
      number: number;
      change: number;
      revoked: () => Promise<RevokedEntry[]>;
    }) => Promise<Omit<CrlRecord, 'change'> | undefined>;
  }): Promise<CrlRecord>;
}
