import { defineUpdate } from '@temporalio/workflow';

/** Input of the `deviceProduction` workflow, id `device/<deviceId>/production/<n>`; a child of the request. */
export interface DeviceProductionInput {
  v: 1;
  productionId: string;
  requestId: string;
  deviceId: string;
  stationId: string;
}

export type ProductionOutcome = { outcome: 'completed' } | { outcome: 'spoiled'; reason: string };

/** Sent by the request workflow or the API on behalf of an officer while the production is stopped. */
export const resumeProduction = defineUpdate<void, [{ stationId: string; by: string }]>('resumeProduction');
export const scrapProduction = defineUpdate<void, [{ by: string; reason: string }]>('scrapProduction');

export const productionWorkflowId = (deviceId: string, n: number): string => `device/${deviceId}/production/${n}`;
export const stationQueue = (stationId: string): string => `station-${stationId}`;
export const caQueue = (ca: string): string => `ca-${ca}`;
