/** Input of the `stationCard` workflow: what a hand does at the reader of a virtual station. `status` only looks. */
export interface StationCardInput {
  v: 1;
  stationId: string;
  change: { kind: 'insert'; serial: string } | { kind: 'pull' } | { kind: 'status' };
}

/** The serial of the card that is in afterwards, or null. */
export interface StationCardResult {
  serial: string | null;
}

/** `call` is unique for the call, such as its idempotency key. */
export const stationCardWorkflowId = (stationId: string, call: string): string => `station/${stationId}/card/${call}`;
