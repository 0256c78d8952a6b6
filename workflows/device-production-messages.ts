import { defineSignal } from '@temporalio/workflow';

/** Input of the `deviceProduction` workflow, id `device/<deviceId>/production/<n>`; a child of the request. */
export interface DeviceProductionInput {
  v: 1;
  productionId: string;
  requestId: string;
  deviceId: string;
  stationId: string;
  /** Codes of the CAs of the device's certificates: each has its queue. */
  cas: string[];
  /** Of a card that had stopped when its workflow was lost: until when it waits for an officer, before anything else. */
  stoppedUntil?: string;
}

export type ProductionOutcome = { outcome: 'completed' } | { outcome: 'spoiled'; reason: string };

/** From the request (which validated it: an officer's `resume` or `scrap` is an update there) to a stopped production. */
export const resumeProduction = defineSignal<[{ stationId: string; by: string }]>('resumeProduction');
export const scrapProduction = defineSignal<[{ by: string; reason: string }]>('scrapProduction');

/** From the production to its request: it stopped and waits for a person. */
export const productionStopped = defineSignal<[{ productionId: string }]>('productionStopped');

export const productionWorkflowId = (deviceId: string, n: number): string => `device/${deviceId}/production/${n}`;
export const stationQueue = (stationId: string): string => `station-${stationId}`;
export const caQueue = (ca: string): string => `ca-${ca}`;
