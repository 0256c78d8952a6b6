import type { CardSession } from '../connectors/card/card.ts';
import type { Secrets } from './secrets.ts';
import type { ProductionWork } from './production-work.ts';
import type { VirtualHand } from './virtual-hand.ts';

/** Runs `work` with the card of the production in the reader of its station, and its PIN. */
export async function withProductionCard<T>(
  { hand, secrets }: { hand: VirtualHand; secrets: Secrets },
  { production: { stationId, serial, deviceId } }: ProductionWork,
  work: (card: CardSession, pin: string) => Promise<T>,
): Promise<T> {
  const pin = await secrets.open({ deviceId, kind: 'pin' });
  return hand.withCard({ stationId, serial }, (card) => work(card, pin.plain));
}
