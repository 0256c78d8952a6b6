import { v7 } from 'uuid';

import type { DocumentRenderer } from '../connectors/printer/printer.ts';
import type { Hsm } from '../connectors/hsm/hsm.ts';
import type { SealedDocumentStore } from '../db/stores/sealed-documents.ts';
import { withLuhn } from '../domain/luhn.ts';
import { onProduction, type ProductionRecords, type ProductionWork } from './production-work.ts';
import { randomText } from './random-code.ts';
import type { Secrets } from './secrets.ts';

interface Deps {
  records: ProductionRecords;
  secrets: Secrets;
  documents: SealedDocumentStore;
  renderer: DocumentRenderer;
  mailers: { random: Hsm['random']; portalUrl: string };
}

export const completionActivities = (deps: Deps) => ({
  /** The PIN mailer is drawn and sealed; the card is personalised and the request produced. */
  completeProduction: ({ productionId }: { productionId: string }): Promise<void> =>
    onProduction(deps.records, productionId, async (work) => {
      await work.journal.pass('mailer', () => makeMailer(deps, work));
      await deps.records.productions.complete({ productionId });
    }),
});

/** Of several mailers the first that is kept counts; the envelope number (with its Luhn digit) is what binds it to the card. */
async function makeMailer(
  { secrets, documents, renderer, mailers }: Deps,
  { production, request }: ProductionWork,
): Promise<{ envelope: string }> {
  const { deviceId, serial } = production;
  const id = v7();
  const pin = await secrets.open({ deviceId, kind: 'pin' });
  const puk = await secrets.open({ deviceId, kind: 'puk' });
  const envelope = withLuhn(await randomText(mailers.random, '0123456789', 7));
  const pdf = await renderer.pinMailer({
    locale: request.holderLocale,
    organisation: request.unitName,
    envelope,
    deviceSerial: serial,
    holderName: request.holderName,
    pin: pin.plain,
    puk: puk.plain,
    portalUrl: mailers.portalUrl,
  });
  const kept = await documents.put({ id, kind: 'pin_mailer', deviceId, envelope, ...(await secrets.seal(id, 'pin_mailer', pdf)) });
  await secrets.assign({ deviceId, kind: 'pin' });
  await secrets.assign({ deviceId, kind: 'puk' });
  return { envelope: kept.envelope };
}
