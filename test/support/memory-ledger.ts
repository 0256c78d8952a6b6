import type { CaLedger, CrlRecord, LedgerEntry, RevokedEntry } from '../../connectors/ca/ca-ledger.ts';
import { failure } from '../../domain/errors.ts';

/** A fake: the ledger of one CA in memory, with the contract of `CaLedger`. The real one is db/stores/ca-ledger.ts. */
export function memoryLedger(): CaLedger {
  const entries: LedgerEntry[] = [];
  const crls: CrlRecord[] = [];
  let changes = 0;
  let publishing: Promise<unknown> = Promise.resolve();
  const bySerial = (serial: string): LedgerEntry => {
    const entry = entries.find((e) => e.serial === serial);
    if (!entry) throw failure('not_found', 'no such entry');
    return entry;
  };
  const revoked = async () => entries.filter((e): e is LedgerEntry & RevokedEntry => e.status !== 'good').map((e) => ({ ...e }));
  return {
    findByRef: async ({ clientRef }) => copyOf(entries.find((e) => e.clientRef === clientRef)),
    findBySerial: async ({ serial }) => copyOf(entries.find((e) => e.serial === serial)),
    statuses: async ({ serials }) => entries.filter((e) => serials.includes(e.serial) && e.certificate !== null).map((e) => ({ ...e })),
    async reserve({ serial, clientRef, orderHash, notAfter }) {
      const known = entries.find((e) => e.clientRef === clientRef);
      if (known) return { ...known };
      const entry: LedgerEntry = {
        ...{ serial, clientRef, orderHash, notAfter, certificate: null },
        ...{ status: 'good', reason: null, statusSince: new Date(), change: null },
      };
      entries.push(entry);
      return { ...entry };
    },
    async keepCertificate({ serial, certificate }) {
      const entry = bySerial(serial);
      entry.certificate ??= certificate;
      return { ...entry };
    },
    async setStatus({ serial, from, status, reason, since }) {
      const entry = bySerial(serial);
      if (from.includes(entry.status)) Object.assign(entry, { status, reason, statusSince: since, change: ++changes });
      return { ...entry };
    },
    latestCrl: async () => crls.at(-1),
    publish: ({ make }) => {
      const mine = publishing.then(async () => {
        const last = crls.at(-1);
        const change = changes;
        const made = await make({ last, number: (last?.number ?? 0) + 1, change, revoked });
        if (made) crls.push({ ...made, change });
        return crls.at(-1) as CrlRecord;
      });
      publishing = mine.catch(() => undefined);
      return mine;
    },
  };
}

const copyOf = (entry: LedgerEntry | undefined): LedgerEntry | undefined => entry && { ...entry };
