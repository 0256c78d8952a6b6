import { verify } from 'node:crypto';

import type { CardContent, CardSession } from '../connectors/card/card.ts';
import type { Hsm } from '../connectors/hsm/hsm.ts';
import type { Certificate } from '../db/models/certificate.ts';
import type { CertificateStore } from '../db/stores/certificates.ts';
import { failure } from '../domain/errors.ts';
import { fillTemplate } from '../domain/profile.ts';
import { parseCertificate } from '../pki/parse-certificate.ts';
import { publicKeyOf } from '../pki/public-key.ts';
import { withProductionCard } from './card-work.ts';
import { holderFields } from './certificate-order.ts';
import { onProduction, type ProductionRecords, type ProductionWork } from './production-work.ts';
import type { Secrets } from './secrets.ts';
import type { VirtualHand } from './virtual-hand.ts';

interface Deps {
  hand: VirtualHand;
  secrets: Secrets;
  records: ProductionRecords;
  certificates: CertificateStore;
  hsm: Pick<Hsm, 'random'>;
}

interface Card {
  card: CardSession;
  pin: string;
  expected: Expected;
}

/** What must be on the card, by the database. */
interface Expected {
  serial: string;
  certificates: Certificate[];
  files: { name: string; content: Buffer }[];
}

export const verificationActivities = (deps: Deps) => ({
  /**
   * Writes certificates and data files, reads everything back from the card and compares it with the database, and lets every key sign a
   * challenge. Writing replaces, so each step can be done again.
   */
  writeAndVerify: ({ productionId }: { productionId: string }): Promise<void> =>
    onProduction(deps.records, productionId, async (work) => {
      const { journal, production } = work;
      const expected = {
        serial: production.serial,
        certificates: await deps.certificates.ofDevice(production.deviceId),
        files: filesOf(work),
      };
      await withProductionCard(deps, work, async (card, pin) => {
        await journal.pass('write', () => writeCertificates({ card, pin, expected }));
        await journal.pass('files', () => writeFiles({ card, pin, expected }));
        await journal.pass('verify', () => verifyCard(deps.hsm, { card, pin, expected }));
      });
    }),
});

function filesOf({ request, production }: ProductionWork): Expected['files'] {
  const fields = holderFields(request, production.serial);
  return request.profile.files.map(({ name, template }) => ({ name, content: Buffer.from(fillTemplate(template, fields)) }));
}

async function writeCertificates({ card, pin, expected }: Card): Promise<void> {
  for (const { slot, der } of expected.certificates) await card.writeCertificate(slot, issued(der), pin);
}

async function writeFiles({ card, pin, expected }: Card): Promise<void> {
  for (const { name, content } of expected.files) await card.writeFile(name, content, pin);
}

async function verifyCard(hsm: Deps['hsm'], { card, pin, expected }: Card): Promise<void> {
  const problem = difference(await card.read(), expected);
  if (problem) throw failure('card_fault', `${problem} Resume to write it again, or scrap the card.`);
  for (const { slot, der } of expected.certificates) {
    const challenge = await hsm.random(32);
    const signature = await card.sign(slot, challenge, pin);
    if (!isSignature(issued(der), challenge, signature))
      throw failure('card_fault', `The key in slot ${slot} does not fit its certificate. Scrap the card and take another.`);
  }
}

/** The first thing on the card that is not as the database says. */
export function difference(content: CardContent, { serial, certificates, files }: Expected): string | undefined {
  if (content.serial !== serial) return 'The card says another serial number.';
  for (const { slot, der } of certificates) {
    const found = content.slots[slot];
    if (!found?.certificate || !der || !found.certificate.equals(der))
      return `The certificate in slot ${slot} is not the one that was issued.`;
    if (!found.spki.equals(parseCertificate(der).spki)) return `The key in slot ${slot} is not the one that was certified.`;
  }
  const wrong = files.find(({ name, content: wanted }) => !content.files[name]?.equals(wanted));
  return wrong && `The file ${wrong.name} is not as it was written.`;
}

/** The hash follows the key: SHA-384 with P-384, else SHA-256 (see `Signer`). */
function isSignature(der: Buffer, data: Buffer, signature: Buffer): boolean {
  const { spki } = parseCertificate(der);
  const key = { key: spki, format: 'der', type: 'spki' } as const;
  return verify(publicKeyOf(spki).spec === 'P-384' ? 'sha384' : 'sha256', data, key, signature);
}

function issued(der: Buffer | null | undefined): Buffer {
  if (!der) throw failure('wrong_state', 'A certificate of the card is not issued yet. Resume the production.');
  return der;
}
