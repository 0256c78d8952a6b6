import { createHash, randomBytes, verify } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { openVirtualReader } from '../connectors/card/virtual-reader.ts';
import type { CertificateOrder } from '../connectors/ca/ca.ts';
import { parseCsr } from '../pki/csr.ts';
import { rawCertificate, type RawCa } from './raw-certificate.ts';

const SLOTS = ['authentication', 'signature'];
const FILE = Buffer.from('givenName=Anna\nfamilyName=Bench\ntaxCode=BNCNNA85T50A944X\nemail=anna.bench@example.it\n');
const DAY = 86_400_000;

/** Milliseconds of CPU that one card costs by itself, and its two certificates at the CA. */
export interface CardCost {
  card: number;
  ca: number;
}

/** The crypto of one card of the profile `staff-card` and nothing else: at the virtual reader, and at the CA as the raw loop of certificates does it. */
export async function rawCards(ca: RawCa, { dir, module }: { dir: string; module: string }) {
  const reader = await openVirtualReader({ name: 'bench', cardDir: dir, module, workDir: join(dir, 'work') });
  let next = 0;
  return {
    async one(): Promise<CardCost> {
      const serial = `BENCH${++next}`;
      const cost = { card: 0, ca: 0 };
      const meter = async <T>(what: keyof CardCost, work: () => Promise<T>): Promise<T> => {
        const before = process.cpuUsage();
        const result = await work();
        const { user, system } = process.cpuUsage(before);
        cost[what] += (user + system) / 1000;
        return result;
      };
      await meter('card', () => reader.insert(serial));
      const pin = '295173';
      await reader.withCard(serial, async (card) => {
        const csrs = await meter('card', async () => {
          await card.initialise({ label: serial, puk: '84713902', pin });
          for (const slot of SLOTS) await card.generateKey(slot, 'P-256', pin);
          return Promise.all(SLOTS.map((slot) => card.certificateRequest(slot, pin)));
        });
        const certificates = await meter('ca', () => Promise.all(csrs.map((csr) => rawCertificate(ca, orderOf(csr), newSerial()))));
        await meter('card', async () => {
          for (const [i, slot] of SLOTS.entries()) await card.writeCertificate(slot, certificates[i] as Buffer, pin);
          await card.writeFile('holder', FILE, pin);
          await card.read();
          for (const [i, slot] of SLOTS.entries()) {
            const challenge = randomBytes(32);
            const signature = await card.sign(slot, challenge, pin);
            const key = { key: parseCsr(csrs[i] as Buffer).spki, format: 'der', type: 'spki' } as const;
            if (!verify('sha256', challenge, key, signature)) throw new Error('the card signed wrongly');
          }
        });
      });
      await meter('card', () => reader.pull());
      return cost;
    },
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}

const newSerial = () => Buffer.concat([Buffer.from([0x41]), createHash('sha256').update(randomBytes(16)).digest().subarray(0, 15)]);

function orderOf(csr: Buffer): CertificateOrder {
  const now = Math.floor(Date.now() / 1000) * 1000;
  return {
    csr,
    subject: [
      ['C', 'IT'],
      ['CN', 'Anna Bench'],
    ],
    subjectAltNames: { email: 'anna.bench@example.it' },
    profile: { keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth'], policies: [] },
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + 3 * 365 * DAY),
  };
}
