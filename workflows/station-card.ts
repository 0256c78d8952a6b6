import { stationNow } from './activities.ts';
import type { StationCardInput, StationCardResult } from './station-card-messages.ts';

/** What a hand does at the reader of a virtual station: puts a card in, pulls it, or looks which one is in. */
export async function stationCard({ stationId, change }: StationCardInput): Promise<StationCardResult> {
  return stationNow(stationId).handleCard({ stationId, change });
}
