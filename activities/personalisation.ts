import { createHash } from 'node:crypto';

import { v7 } from 'uuid';

import type { CardSession } from '../connectors/card/card.ts';
import type { CertificateStore } from '../db/stores/certificates.ts';
import { failure } from '../domain/errors.ts';
import { parseCsr, verifyCsr } from '../pki/csr.ts';
import { withProductionCard } from './card-work.ts';
import { onProduction, type ProductionRecords, type ProductionWork } from './production-work.ts';
import type { Secrets } from './secrets.ts';
import type { VirtualHand } from './virtual-hand.ts';

interface Deps {
  hand: VirtualHand;
  secrets: Secrets;
  records: ProductionRecords;
  certificates: CertificateStore;
}

export const personalisationActivities = (deps: Deps) => ({
  /**
   * Codes, initialisation, keys and certificate requests of one card. Each step looks what is there before it acts: a code that was made
   * stays, a card with this production's label was initialised with these codes, a key that is on the card is kept.
   */
  personalise: ({ productionId }: { productionId: string }): Promise<void> =>
    onProduction(deps.records, productionId, async (work) => {
      await work.journal.pass('codes', () => makeCodes(deps, work));
      await withProductionCard(deps, work, async (card, pin) => {
        await work.journal.pass('initialise', () => initialise(deps, work, { card, pin }));
        await work.journal.pass('keys', () => makeKeys(deps, work, { card, pin }));
      });
    }),
});

interface OpenCard {
  card: CardSession;
  pin: string;
}

async function makeCodes({ secrets }: Deps, { production, request }: ProductionWork): Promise<void> {
  const owner = { deviceId: production.deviceId, requestId: request.id };
  await secrets.ensurePin(owner, request.profile.pin.length);
  await secrets.ensurePuk(owner);
}

async function initialise({ secrets }: Deps, { production }: ProductionWork, { card, pin }: OpenCard): Promise<void> {
  const label = `smartCMS ${production.serial} ${production.n}`;
  if (await card.isInitialised(label)) return;
  const puk = await secrets.open({ deviceId: production.deviceId, kind: 'puk' });
  await card.initialise({ label, puk: puk.plain, pin });
}

async function makeKeys(deps: Deps, work: ProductionWork, open: OpenCard): Promise<void> {
  for (const slot of work.request.profile.slots) await makeKey(deps, work, { ...open, slot });
}

async function makeKey(
  { certificates }: Deps,
  { production, request }: ProductionWork,
  { card, pin, slot }: OpenCard & { slot: Slot },
): Promise<void> {
  const profile = await certificates.profile(slot.certificateProfile);
  const { deviceId } = production;
  const planned = await certificates.plan({
    id: v7(),
    requestId: request.id,
    deviceId,
    slot: slot.name,
    profile: profile.code,
    ca: profile.ca,
  });
  const spki = await card.generateKey(slot.name, profile.keySpec, pin);
  if (planned.state !== 'requested') return;
  const csr = await card.certificateRequest(slot.name, pin);
  await assertForKey(csr, spki);
  await certificates.submitted({ id: planned.id, csr, spkiSha256: createHash('sha256').update(spki).digest() });
}

type Slot = ProductionWork['request']['profile']['slots'][number];

/** The card proves that it holds the key that it showed. */
async function assertForKey(der: Buffer, spki: Buffer): Promise<void> {
  const csr = parseCsr(der);
  verifyCsr(csr);
  if (!csr.spki.equals(spki))
    throw failure('card_fault', 'The card made a certificate request for another key. Scrap it and take another card.');
}
